"""A pasted list of people to invite: a line each, as it comes from a spreadsheet or is typed. Pure."""

import re
from typing import Any, Final

import msgspec

from ticketing.kernel.errors import N_, InvalidField
from ticketing.sales.invitations.model import INVITEES_AT_ONCE_MAX, Invitee

SEPARATOR: Final = re.compile(r"\s*[;\t]\s*")
LINE_PROBLEM: Final = N_("One line can't be read: name; address; language; companions; rank")
LINES_PROBLEM: Final = N_("At most 300 people can be invited at once")
NOBODY_PROBLEM: Final = N_("Nobody is named")
FIELDS: Final = ("name", "email", "locale", "companions_max", "rank")


def read_invitees(text: str, locale: str) -> list[Invitee]:
    """The people of a list, one a line: name; address; language; companions; rank. What is left out is as usual:
    no address, ``locale``, nobody along, rank 500. Fields are parted by semicolons or tabs.

    Raises:
        InvalidField: a line can't be read (``line`` says which, from 1), nobody is named, or too many are.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise InvalidField(field="people", problem=NOBODY_PROBLEM)
    if len(lines) > INVITEES_AT_ONCE_MAX:
        raise InvalidField(field="people", problem=LINES_PROBLEM)
    return [_read(number, line, locale) for number, line in lines]


def _read(number: int, line: str, locale: str) -> Invitee:
    # What is too much has no name, and the struct refuses it.
    parts = SEPARATOR.split(line)
    names = (*FIELDS, *("?" for _ in parts[len(FIELDS) :]))
    fields: dict[str, Any] = {name: part for name, part in zip(names, parts, strict=False) if part}
    try:
        for name in ("companions_max", "rank"):
            if name in fields:
                fields[name] = int(fields[name])
        fields["name"] = " ".join(fields.get("name", "").split())
        return msgspec.convert({"locale": locale, **fields}, Invitee)
    except (ValueError, msgspec.ValidationError):
        raise InvalidField(field=f"people, line {number}", line=number, problem=LINE_PROBLEM) from None
