"""Festivals, films, versions, venues, halls, screenings, tariffs: what is shown, where, when, at what price."""
