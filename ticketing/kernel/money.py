"""Money: integer minor units and an ISO 4217 code, never a float."""

import msgspec

# ISO 4217 gives the tenge and the euro two decimals each.
MINOR_UNITS_PER_UNIT = 100


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in minor units (tiyn, cents) of one currency."""

    amount: int
    currency: str


def percent_off(amount: int, percent: int) -> int:
    """What is left of ``amount`` minor units after ``percent`` (0 to 100) are taken off.

    The discount is rounded down, so that the price is never below the exact one.
    """
    return amount - amount * percent // 100


def percent_of(amount: int, percent: int) -> int:
    """``percent`` (0 to 100) of ``amount`` minor units, rounded down in the payer's favour."""
    return amount * percent // 100
