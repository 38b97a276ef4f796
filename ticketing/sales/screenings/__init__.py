"""What the desk does to a screening that is sold: cancelled, with what becomes of its tickets; moved, and told."""
