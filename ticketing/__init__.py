"""Film weeks, sold seat by seat, scanned at the door."""

__version__ = "0.1.0"
