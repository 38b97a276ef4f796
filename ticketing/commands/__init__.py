"""One module a command; ``ticketing.cli`` loads the one that is asked for."""
