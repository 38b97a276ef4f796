"""Professionals: delegations, press, juries and distributors, what they may enter, the badges they show."""
