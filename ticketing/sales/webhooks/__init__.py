"""Webhooks: other programs are told of orders and screenings, signed, and again until they have taken it."""
