"""Roles and who may what: pure."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from ticketing.staff.reach import EVERYWHERE, Place, Reach, reach_of, reaches

LOGIN_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
PASSWORD_SIGNS_MIN: Final = 8
# Longer ones are refused before any work: hashing is meant to be slow, not to be slow at a stranger's choice.
PASSWORD_SIGNS_MAX: Final = 256


class Role(StrEnum):
    """What somebody does here, from the narrowest to the widest."""

    DOOR = "door"
    """Scans tickets."""
    BOX_OFFICE = "box_office"
    """Sells and reprints over the counter; lends a hand at the door."""
    SUPERVISOR = "supervisor"
    """Runs an evening: box office and door, and settles what two gates both let in."""
    ORGANISER = "organiser"
    """Publishes the programme, watches capacity, sends the reports."""
    ADMIN = "admin"
    """Everything, accounts and keys included."""


# Written out instead of derived from an order, so that a role added between two others grants nothing by accident.
_COVERS: Final = MappingProxyType(
    {
        Role.DOOR: frozenset({Role.DOOR}),
        Role.BOX_OFFICE: frozenset({Role.BOX_OFFICE, Role.DOOR}),
        Role.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.BOX_OFFICE, Role.DOOR}),
        Role.ORGANISER: frozenset({Role.ORGANISER, Role.SUPERVISOR, Role.BOX_OFFICE, Role.DOOR}),
        Role.ADMIN: frozenset(Role),
    }
)


class Post(msgspec.Struct, frozen=True):
    """Where an enrolled device stands: it scans at these gates of these venues and nowhere else."""

    device: str
    name: str
    venues: tuple[str, ...]
    gates: tuple[str, ...]


class Grant(msgspec.Struct, frozen=True):
    """A role, and where it counts: in a festival, at a venue, in a festival at a venue, or (neither) everywhere."""

    role: Role
    festival: str | None = None
    venue: str | None = None


class Principal(msgspec.Struct, frozen=True):
    """Somebody who has signed in; or a device of the door, which has a ``post``.

    ``role`` is the widest that they have anywhere, ``grants`` are all of them, empty where that one is all there is
    to say. ``reach`` says where what the guard has asked for counts. ``second_factor_missing``: they may set it up,
    and nothing else. ``scopes`` are those of another program's token; null for people.
    """

    login: str
    role: Role
    post: Post | None = None
    reach: Reach = EVERYWHERE
    grants: tuple[Grant, ...] = ()
    second_factor_missing: bool = False
    scopes: tuple[str, ...] | None = None

    def reach_as(self, *roles: Role) -> Reach | None:
        """Where they may do what one of ``roles`` may; None: nowhere."""
        places = [
            Place(grant.festival, grant.venue)
            for grant in self.held()
            if any(allows(grant.role, needed) for needed in roles)
        ]
        return reach_of(places) if places else None

    def may(self, needed: Role, *, festival: str | None = None, venue: str | None = None) -> bool:
        """Whether they may do what ``needed`` may with all of this festival at this venue, see :func:`reaches`."""
        reach = self.reach_as(needed)
        return reach is not None and reaches(reach, festival=festival, venue=venue)

    def held(self) -> tuple[Grant, ...]:
        """All their grants, the one that counts everywhere included."""
        return self.grants or tuple(Grant(self.role, one.festival, one.venue) for one in self.reach.places)


class SignedIn(msgspec.Struct, frozen=True):
    """A fresh sign-in. ``token`` is shown this once: we keep only its digest."""

    token: str
    role: Role
    expires_at: datetime


class SignIn(msgspec.Struct, frozen=True):
    """A sign-in as it is listed. ``session`` names it and opens nothing; ``here``: the one that asks.

    ``role`` is the widest that its owner has. ``last_seen_at``: to the minute. It ends at ``expires_at``, and
    before that when nobody works with it.
    """

    session: UUID
    login: str
    role: Role
    grants: tuple[Grant, ...]
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime
    agent: str
    here: bool


class DeviceListed(msgspec.Struct, frozen=True):
    """A device as it is listed. ``enrolment_ends_at``: a link for it is out; ``last_seen_at``: to the minute."""

    device: str
    name: str
    venues: tuple[str, ...]
    gates: tuple[str, ...]
    created_at: datetime
    created_by: str
    enrolment_ends_at: datetime | None
    enrolled_at: datetime | None
    expires_at: datetime | None
    last_seen_at: datetime | None
    revoked_at: datetime | None


class StaffAccount(msgspec.Struct, frozen=True):
    """An account as it is listed. ``role`` is the widest of its ``grants``, null where what they named is gone;
    ``second_factor_at``: since when it signs in with a second step.
    """

    login: str
    role: Role | None
    grants: tuple[Grant, ...]
    active: bool
    created_at: datetime
    second_factor_at: datetime | None


def allows(role: Role, needed: Role) -> bool:
    """Whether somebody of ``role`` may do what ``needed`` may do."""
    return needed in _COVERS[role]


def widest_role(grants: Iterable[Grant]) -> Role:
    """The widest role among grants, of which there is at least one."""
    order = list(Role)
    return max((grant.role for grant in grants), key=order.index)


def principal_with(login: str, grants: tuple[Grant, ...]) -> Principal:
    """Somebody with these grants, of which there is at least one; what a wider one covers changes nothing."""
    role = widest_role(grants)
    return Principal(login, role) if Grant(role) in grants else Principal(login, role, grants=grants)


def may_sign_out(by: Principal, others: Iterable[Grant]) -> bool:
    """Whether somebody may end the sign-ins of another: supervisors do, of whom they could stand in for."""
    return all(
        by.may(needed, festival=grant.festival, venue=grant.venue)
        for grant in others
        for needed in (Role.SUPERVISOR, grant.role)
    )


def may_see_sign_ins(by: Principal, others: Iterable[Grant]) -> bool:
    """Whether somebody may see the sign-ins of another: supervisors do, of who works where they supervise."""
    return all(by.may(Role.SUPERVISOR, festival=grant.festival, venue=grant.venue) for grant in others)


def normal_login(text: str) -> str | None:
    """A login as we store it (lower case, no spaces around), or None where the text can't be one."""
    login = text.strip().lower()
    return login if LOGIN_PATTERN.fullmatch(login) else None
