"""How fast the hot paths are, each beside the floor it stands on, measured in one run on one machine."""
