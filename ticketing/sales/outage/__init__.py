"""Tickets sold by hand while the house was out of order, entered afterwards (Code du cinéma, D212-81 and 82)."""
