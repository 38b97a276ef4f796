"""Delegations in the field's words, and the pure rules about them."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from ticketing.accreditation.model import ACCREDITATION_PATTERN
from ticketing.kernel.errors import N_, InvalidField
from ticketing.sales.allotted_tickets import GuestName
from ticketing.sales.invitations.model import Invitation, Rank
from ticketing.sales.invitations.pasting import SEPARATOR
from ticketing.sales.model import Email, Locale

MEMBERS_MAX: Final = 50
SCREENINGS_AT_ONCE_MAX: Final = 50
DELEGATIONS_MAX: Final = 200
MEMBER_PROBLEM: Final = N_("One line can't be read: name; address; function; rank; badge")
MEMBERS_PROBLEM: Final = N_("A delegation has 1 to 50 members")
TWICE_PROBLEM: Final = N_("Two members have one address, or one name and no address")
FIELDS: Final = ("name", "email", "function", "rank", "accreditation")

Line = Annotated[str, Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f]*$")]


class MemberTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody of a delegation. ``member`` is chosen by who names them. Without ``email`` the head answers.

    ``accreditation``: the badge that they have already; left out, it stays as it was.
    """

    member: uuid.UUID
    name: GuestName
    email: Email | None = None
    function: Line = ""
    rank: Rank = 500
    accreditation: Annotated[str, Meta(pattern=ACCREDITATION_PATTERN)] | None = None


class DelegationTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delegation as it shall be; the first of ``members`` is its head, who may answer for all.

    ``country`` is an ISO 3166 code, ``locale`` the language of its letters and its programme.
    Raises ``ValueError`` (``msgspec.ValidationError`` when decoded) where it leaves before it arrives.
    """

    name: GuestName
    arrives_on: date
    leaves_on: date
    members: Annotated[tuple[MemberTerms, ...], Meta(min_length=1, max_length=MEMBERS_MAX)]
    organisation: Line = ""
    country: Annotated[str, Meta(pattern=r"^([A-Z]{2})?$")] = ""
    locale: Locale = "en"
    notes: Text = ""

    def __post_init__(self) -> None:
        if self.leaves_on < self.arrives_on:
            raise ValueError("leaves_on is before arrives_on")


class Member(msgspec.Struct, frozen=True):
    """Somebody of a delegation, with what they are invited to (by time), and the number of their badge."""

    member: uuid.UUID
    name: str
    email: str | None
    function: str
    rank: int
    head: bool
    accreditation: str | None
    invitations: tuple[Invitation, ...]


class Delegation(msgspec.Struct, frozen=True):
    """A delegation, whole."""

    delegation: uuid.UUID
    festival: str
    name: str
    organisation: str
    country: str
    locale: Locale
    arrives_on: date
    leaves_on: date
    notes: str
    members: tuple[Member, ...]


class Guest(msgspec.Struct, frozen=True):
    """A member at one point of the programme."""

    member: Member
    invitation: Invitation


class ProgrammePoint(msgspec.Struct, frozen=True):
    """A screening or meeting that a delegation is invited to, with who of it is."""

    screening: str
    guests: tuple[Guest, ...]


def programme_of(delegation: Delegation) -> list[ProgrammePoint]:
    """What a delegation is invited to, each with its members in their order; in the order of the first member's."""
    points: dict[str, list[Guest]] = {}
    for member in delegation.members:
        for invitation in member.invitations:
            points.setdefault(invitation.screening, []).append(Guest(member, invitation))
    return [ProgrammePoint(screening, tuple(guests)) for screening, guests in points.items()]


def check_members(members: Iterable[MemberTerms]) -> None:
    """Go on where all members can be told apart when they are invited.

    Raises:
        InvalidField: an address, or a name without one, is there twice.
    """
    seen = set()
    for one in members:
        known_by = (one.email or " ".join(one.name.split())).casefold()
        if known_by in seen:
            raise InvalidField(field="members", problem=TWICE_PROBLEM)
        seen.add(known_by)


def read_members(text: str, delegation: uuid.UUID) -> list[MemberTerms]:
    """Members from a list, one a line: name; address; function; rank; number of the badge. The first is the head.

    Their ids are made of the delegation's and their address (else their name), so that a list sent again names the
    same people.

    Raises:
        InvalidField: a line can't be read (``line`` says which, from 1), nobody is named, or too many are.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not 1 <= len(lines) <= MEMBERS_MAX:
        raise InvalidField(field="members", problem=MEMBERS_PROBLEM)
    return [_read(number, line, delegation) for number, line in lines]


def _read(number: int, line: str, delegation: uuid.UUID) -> MemberTerms:
    # What is too much has no name, and the struct refuses it.
    parts = SEPARATOR.split(line)
    names = (*FIELDS, *("?" for _ in parts[len(FIELDS) :]))
    fields: dict[str, Any] = {name: part for name, part in zip(names, parts, strict=False) if part}
    try:
        if "rank" in fields:
            fields["rank"] = int(fields["rank"])
        fields["name"] = " ".join(fields.get("name", "").split())
        known_by = str(fields.get("email") or fields["name"]).casefold()
        return msgspec.convert({"member": uuid.uuid5(delegation, known_by), **fields}, MemberTerms)
    except (ValueError, msgspec.ValidationError):
        raise InvalidField(field=f"members, line {number}", line=number, problem=MEMBER_PROBLEM) from None
