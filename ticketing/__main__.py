"""``python -m ticketing``."""

from ticketing.cli import main

main(prog_name="ticketing")
