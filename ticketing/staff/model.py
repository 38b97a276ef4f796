"""Roles and who may what: pure."""

import re
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from ticketing.staff.reach import EVERYWHERE, Reach

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


class Principal(msgspec.Struct, frozen=True):
    """Somebody who has signed in; or a device of the door, which has a ``post``.

    ``reach`` says where the role counts.
    """

    login: str
    role: Role
    post: Post | None = None
    reach: Reach = EVERYWHERE


class SignedIn(msgspec.Struct, frozen=True):
    """A fresh sign-in. ``token`` is shown this once: we keep only its digest."""

    token: str
    role: Role
    expires_at: datetime


class SignIn(msgspec.Struct, frozen=True):
    """A sign-in as it is listed. ``session`` names it and opens nothing; ``here``: the one that asks.

    ``last_seen_at``: to the minute. It ends at ``expires_at``, and before that when nobody works with it.
    """

    session: UUID
    login: str
    role: Role
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
    """An account as it is listed."""

    login: str
    role: Role
    active: bool
    created_at: datetime


def allows(role: Role, needed: Role) -> bool:
    """Whether somebody of ``role`` may do what ``needed`` may do."""
    return needed in _COVERS[role]


def may_sign_out(by: Role, other: Role) -> bool:
    """Whether somebody may end the sign-ins of another: supervisors do, of whom they could stand in for."""
    return allows(by, Role.SUPERVISOR) and allows(by, other)


def normal_login(text: str) -> str | None:
    """A login as we store it (lower case, no spaces around), or None where the text can't be one."""
    login = text.strip().lower()
    return login if LOGIN_PATTERN.fullmatch(login) else None
