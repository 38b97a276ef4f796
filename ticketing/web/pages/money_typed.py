"""Sums of money as people type them. Pure."""

import re
from typing import Final

from ticketing.kernel.errors import N_, InvalidField
from ticketing.kernel.money import MINOR_UNITS_PER_UNIT

SUM_PROBLEM: Final = N_("Write a sum in digits, for example 5000 or 5000.50")
_SUM: Final = re.compile(r"(\d{1,10})(?:[.,](\d{1,2}))?", re.ASCII)
_MINUS_SIGNS: Final = "-\N{MINUS SIGN}"


def minor_units(typed: str, field: str, *, below_zero: bool = False) -> int | None:
    """Minor units of a sum, whether its decimals follow a comma or a point; None where nothing was typed.

    ``below_zero``: it may begin with a minus, be it the hyphen of keyboards or the sign of texts (U+2212).

    Raises:
        InvalidField: it is none.
    """
    text = "".join(typed.split())
    if not text:
        return None
    minus = below_zero and text[0] in _MINUS_SIGNS
    found = _SUM.fullmatch(text[1:] if minus else text)
    if found is None:
        raise InvalidField(problem=SUM_PROBLEM, field=field)
    amount = int(found[1]) * MINOR_UNITS_PER_UNIT + int((found[2] or "").ljust(2, "0"))
    return -amount if minus else amount


def units_text(amount: int) -> str:
    """The inverse, as it stands in a field: ``5000``, ``5000.50``."""
    units, rest = divmod(amount, MINOR_UNITS_PER_UNIT)
    return f"{units}.{rest:02d}" if rest else str(units)
