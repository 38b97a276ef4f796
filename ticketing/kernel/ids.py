"""Identifiers that can't be guessed, and those that a person reads out over the telephone."""

import base64
import re
import secrets

# No 0/O, 1/I/L: read out over a bad line, or from a crumpled printout, they are confused.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
ORDER_ID_LENGTH = 8
TICKET_ID_LENGTH = 12
ACCREDITATION_SIGN = "B"
EXCHANGE_SIGNS = 8
HOLD_SECRET_LENGTH = 22  # 128 bits in base64url

_HOLD_ID = re.compile(r"([a-z0-9-]{1,63})\.[A-Za-z0-9_-]{22}")


def new_order_id() -> str:
    """A fresh order reference, for example ``K7Q29XFM``: short, and useless without the order's secret."""
    return _signs_of(secrets.randbelow(len(ALPHABET) ** ORDER_ID_LENGTH), ORDER_ID_LENGTH)


def new_ticket_id() -> str:
    """A fresh ticket number of twelve signs, about 59 bits."""
    return _signs_of(secrets.randbelow(len(ALPHABET) ** TICKET_ID_LENGTH), TICKET_ID_LENGTH)


def new_accreditation_id() -> str:
    """A fresh number of an accreditation: a B and twelve signs, so that no ticket's number is ever the same."""
    return ACCREDITATION_SIGN + new_ticket_id()


def new_exchange_id(order_id: str) -> str:
    """A fresh name for one exchange of an order, for example ``K7Q29XFM-M3PVR8TC``."""
    return f"{order_id}-{_signs_of(secrets.randbelow(len(ALPHABET) ** EXCHANGE_SIGNS), EXCHANGE_SIGNS)}"


def new_waiting_id() -> str:
    """A fresh name for a place in a waiting list: twelve signs, and useless without its secret."""
    return _signs_of(secrets.randbelow(len(ALPHABET) ** TICKET_ID_LENGTH), TICKET_ID_LENGTH)


def _signs_of(number: int, length: int) -> str:
    signs = [""] * length
    for place in range(length - 1, -1, -1):
        number, rest = divmod(number, len(ALPHABET))
        signs[place] = ALPHABET[rest]
    return "".join(signs)


def ticket_number_of(ticket_id: str) -> int:
    """The ticket id as an integer below 2**63, for the compact payload of its code.

    Raises:
        ValueError: the id has another length or a sign outside the alphabet.
    """
    if len(ticket_id) != TICKET_ID_LENGTH:
        raise ValueError("a ticket id has twelve signs")
    number = 0
    for sign in ticket_id:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    return number


def ticket_id_of(number: int) -> str:
    """The inverse of :func:`ticket_number_of`.

    Raises:
        ValueError: the number is negative or too large for twelve signs.
    """
    if not 0 <= number < len(ALPHABET) ** TICKET_ID_LENGTH:
        raise ValueError("the number is outside the range of ticket ids")
    return _signs_of(number, TICKET_ID_LENGTH)


def new_hold_id(screening_id: str) -> str:
    """A fresh hold id. Its 128 random bits are the capability; the screening in front says where it lives."""
    return f"{screening_id}.{base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip('=')}"


def screening_of_hold(hold_id: str) -> str | None:
    """The screening that a hold id names, or None where the text can't be a hold id."""
    match = _HOLD_ID.fullmatch(hold_id)
    return match[1] if match else None
