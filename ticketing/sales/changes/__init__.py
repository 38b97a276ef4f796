"""What buyers change by themselves: tickets given back, exchanged, passed on; and orders found again.

``rules.py`` says what may be done, until when, and what it comes to; a module a use case does it.
"""
