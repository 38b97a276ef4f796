"""Invitations: who is asked to a screening or a meeting, what they answer, and where they sit."""
