"""Sums of money as people type them. Pure."""

import re
from typing import Final

from ticketing.kernel.errors import N_, InvalidField
from ticketing.kernel.money import MINOR_UNITS_PER_UNIT

SUM_PROBLEM: Final = N_("Write a sum in digits, for example 5000 or 5000.50")
_SUM: Final = re.compile(r"(\d{1,10})(?:[.,](\d{1,2}))?")


def minor_units(typed: str, field: str) -> int | None:
    """Minor units of a sum, whether its decimals follow a comma or a point; None where nothing was typed.

    Raises:
        InvalidField: it is none.
    """
    text = "".join(typed.split())
    if not text:
        return None
    found = _SUM.fullmatch(text)
    if found is None or not text.isascii():
        raise InvalidField(problem=SUM_PROBLEM, field=field)
    return int(found[1]) * MINOR_UNITS_PER_UNIT + int((found[2] or "").ljust(2, "0"))


def units_text(amount: int) -> str:
    """The inverse, as it stands in a field: ``5000``, ``5000.50``."""
    units, rest = divmod(amount, MINOR_UNITS_PER_UNIT)
    return f"{units}.{rest:02d}" if rest else str(units)
