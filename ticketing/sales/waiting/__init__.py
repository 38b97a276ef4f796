"""The waiting list of a sold-out screening: who comes first and can be seated together is offered seats first.

``model`` decides, ``joining`` is what people do, ``offering`` what the worker does with seats that came free, and
``ending`` how a wait ends. How seats are kept from those who pass by is told in ``ticketing/seating/keeping.py``.
"""
