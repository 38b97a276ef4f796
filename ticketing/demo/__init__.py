"""The demo: two festivals that are always on sale."""
