"""Telephones of the door: enrolled by a link from the desk, taken out of use there.

A link works once and for minutes; the telephone that takes it gets a token of its own, which we keep as a digest. A
device has no password and no account: it is tied to gates and venues, and may do what the door may do there.
"""

import re
import secrets
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, DeviceRevoked, EnrolmentOver, InvalidField, OutOfReach, UnknownDevice
from ticketing.kernel.ids import new_order_id
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.memory import PrincipalMemory, digest_of
from ticketing.staff.model import DeviceListed, Grant, Post, Principal, Role
from ticketing.staff.reach import EVERYWHERE, Place, Reach, covers, reach_of, reaches

SQL = load_queries("devices")
ENROLMENT_TTL_S: Final = 900
# A festival with its days before and after. A telephone forgotten in a drawer scans nothing next year.
DEVICE_TTL_S: Final = 60 * 86_400
NAME_SIGNS_MAX: Final = 64
VENUES_MAX: Final = 50
GATES_MAX: Final = 20
DEVICES_LISTED_MAX: Final = 500
DEVICES_KEPT_MAX: Final = 1_000
# Tells a device's token from that of a sign-in, so that each is looked for in one place only.
TOKEN_PREFIX: Final = "door."  # noqa: S105 - it opens nothing

NAME_PROBLEM = N_("A name has 1 to 64 signs")
VENUES_PROBLEM = N_("A device stands in 1 to 50 venues")
GATES_PROBLEM = N_("A device stands at 1 to 20 gates, each with a name of 1 to 64 signs")

_TOKEN = re.compile(r"door\.[A-Za-z0-9_-]{43}")
_LINK = re.compile(r"[A-Za-z0-9_-]{22}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


class Enrolment(msgspec.Struct, frozen=True):
    """A link by which a device is enrolled. ``secret`` is shown this once: we keep only its digest."""

    secret: str
    name: str
    gates: tuple[str, ...]
    ends_at: datetime


class EnrolledDevice(msgspec.Struct, frozen=True):
    """A fresh token of a device, shown this once."""

    token: str
    expires_at: datetime


_memory = PrincipalMemory(DEVICES_KEPT_MAX)


async def add_device(
    context: Context,
    name: str,
    venues: Sequence[str],
    gates: Sequence[str],
    *,
    by: str,
    reach: Reach = EVERYWHERE,
) -> Enrolment:
    """A new device, and the link that enrols it. That the venues are there is for the caller to know.

    It never scans more than whoever makes it may: ``reach`` is where that is. Somebody of one festival makes
    devices that let in to that festival.

    Raises:
        InvalidField: a name, the venues or the gates can't be.
        OutOfReach: one of the venues is.
    """
    told = tuple(dict.fromkeys(gates))
    if not _printable(name):
        raise InvalidField(field="name", problem=NAME_PROBLEM)
    if not 1 <= len(set(venues)) <= VENUES_MAX:
        raise InvalidField(field="venues", problem=VENUES_PROBLEM)
    if not 1 <= len(told) <= GATES_MAX or not all(_printable(gate) for gate in told):
        raise InvalidField(field="gates", problem=GATES_PROBLEM)
    festivals = festivals_at(reach, venues)
    now = context.clock.now()
    secret, ends_at = secrets.token_urlsafe(16), now + timedelta(seconds=ENROLMENT_TTL_S)
    async with database_errors():
        await context.postgres.execute(
            SQL.add_device,
            new_order_id(),
            name,
            sorted(set(venues)),
            told,
            now,
            by,
            digest_of(secret),
            ends_at,
            festivals,
        )
    return Enrolment(secret, name, told, ends_at)


def festivals_at(reach: Reach, venues: Iterable[str]) -> list[str] | None:
    """The festivals that are within reach at each of these venues; None: whatever is shown there.

    Raises:
        OutOfReach: there is none.
    """
    found: frozenset[str] | None = None
    for venue in sorted(set(venues)):
        if reaches(reach, venue=venue):
            continue
        here = frozenset(
            place.festival for place in reach.places if place.festival is not None and place.venue in (None, venue)
        )
        found = here if found is None else found & here
        if not found:
            raise OutOfReach(festival=None, venue=venue)
    return None if found is None else sorted(found)


def reach_of_device(venues: Iterable[str], festivals: Iterable[str] | None) -> Reach:
    """Where a device lets in."""
    return reach_of(Place(festival, venue) for venue in venues for festival in festivals or (None,))


async def require_device(context: Context, device: str, reach: Reach) -> None:
    """Go on where all that a device lets in to is within reach.

    Raises:
        UnknownDevice: there is none of that id.
        OutOfReach
    """
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.find_device, device)
    if row is None:
        raise UnknownDevice
    if not covers(reach, reach_of_device(row["venues"], row["festivals"])):
        raise OutOfReach(festival=None, venue=None)


async def renew_enrolment(context: Context, device: str, *, by: str) -> Enrolment:
    """Another link for a device: the first one ran out, or its place is taken by another telephone.

    The telephone that has it now keeps it until the link is taken.

    Raises:
        UnknownDevice: there is none of that id in use.
    """
    now = context.clock.now()
    secret, ends_at = secrets.token_urlsafe(16), now + timedelta(seconds=ENROLMENT_TTL_S)
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.renew_enrolment, device, now, by, digest_of(secret), ends_at)
    if row is None:
        raise UnknownDevice
    return Enrolment(secret, row["name"], tuple(row["gates"]), ends_at)


async def show_enrolment(context: Context, secret: str) -> tuple[str, tuple[str, ...]]:
    """Name and gates of the device that a link enrols; looking takes nothing.

    Raises:
        EnrolmentOver: the link was taken, has run out, or never was.
    """
    row = None
    if _LINK.fullmatch(secret):
        async with database_errors():
            row = await context.postgres.fetchrow(SQL.find_enrolment, digest_of(secret), context.clock.now())
    if row is None:
        raise EnrolmentOver
    return row["name"], tuple(row["gates"])


async def enrol_device(context: Context, secret: str) -> EnrolledDevice:
    """Take a link: whoever asks is the device from now on.

    Raises:
        EnrolmentOver: the link was taken, has run out, or never was.
    """
    now = context.clock.now()
    token, expires_at = TOKEN_PREFIX + secrets.token_urlsafe(32), now + timedelta(seconds=DEVICE_TTL_S)
    taken = None
    if _LINK.fullmatch(secret):
        async with database_errors():
            taken = await context.postgres.fetchval(
                SQL.enrol_device, digest_of(secret), now, digest_of(token), expires_at
            )
    if taken is None:
        raise EnrolmentOver
    _memory.forget_those_of(f"device {taken}")
    return EnrolledDevice(token, expires_at)


async def revoke_device(context: Context, device: str, *, by: str) -> None:
    """Take a device out of use, everywhere within a few seconds. One that is out of use already stays so.

    Raises:
        UnknownDevice: there never was one of that id.
    """
    async with database_errors():
        known = await context.postgres.fetchval(SQL.revoke_device, device, context.clock.now(), by)
    if known is None:
        raise UnknownDevice
    _memory.forget_those_of(f"device {device}")


async def list_devices(context: Context, reach: Reach = EVERYWHERE) -> list[DeviceListed]:
    """The devices within reach, those in use first; at most ``DEVICES_LISTED_MAX``."""
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_devices, DEVICES_LISTED_MAX)
    return [
        msgspec.convert(
            {**row, "device": row["device_id"], "venues": tuple(row["venues"]), "gates": tuple(row["gates"])},
            DeviceListed,
        )
        for row in rows
        if covers(reach, reach_of_device(row["venues"], row["festivals"]))
    ]


async def principal_of_device(context: Context, token: str) -> Principal | None:
    """The device behind a token; None where there never was one. Answered as sign-ins are, from a short memory.

    Raises:
        DeviceRevoked: there was one, and it may do nothing any more.
    """
    if not _TOKEN.fullmatch(token):
        return None
    digest, now = digest_of(token), context.clock.now()
    if (known := _memory.find(digest, now)) is not None:
        return known
    asked_at_s = time.monotonic()
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.get_device, digest, now)
    _memory.forget(digest)
    if row is None:
        return None
    if row["revoked_at"] is not None or row["expires_at"] <= now:
        raise DeviceRevoked
    post = Post(row["device_id"], row["name"], tuple(row["venues"]), tuple(row["gates"]))
    login, reach = f"device {row['device_id']}", reach_of_device(row["venues"], row["festivals"])
    grants = tuple(Grant(Role.DOOR, place.festival, place.venue) for place in sorted(reach.places, key=str))
    principal = Principal(login, Role.DOOR, post, reach, grants)
    _memory.keep(digest, principal, row["expires_at"], asked_at_s)
    return principal


def _printable(name: str) -> bool:
    return bool(name.strip()) and len(name) <= NAME_SIGNS_MAX and not _UNPRINTABLE.search(name)
