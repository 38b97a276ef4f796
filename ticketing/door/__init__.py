"""Letting people in: scans, what an offline gate needs, and what two gates both let in."""
