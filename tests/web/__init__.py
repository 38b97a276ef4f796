"""The pages, their texts and their drawings."""
