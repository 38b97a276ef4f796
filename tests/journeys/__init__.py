"""Whole ways through the house, in a browser."""
