"""Delegations: people who come together, what they are invited to, their answers, seats and badges."""
