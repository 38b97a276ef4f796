"""Between the doors and the film: who is missing, whose place is given away, guests by name, broken seats."""
