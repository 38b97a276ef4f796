"""Scans: decided once each, whichever gates ask, at once, again, or hours later."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ticketing.door.book import AskedScan
from ticketing.door.desk import Door
from ticketing.door.model import TYPED_REVISION, RecordedScan, ScanRequest, timing, typed_number
from ticketing.kernel.errors import Forbidden, OutOfReach, UnknownScreening
from ticketing.staff.model import Principal
from ticketing.staff.reach import EVERYWHERE, places_in_sql, require_reach
from ticketing.tickets.code import CodeRefused


async def record_scan(door: Door, request: ScanRequest, principal: Principal) -> RecordedScan:
    """Decide a scan and write it down, in one round trip to Postgres. Sent again, it is answered as before.

    Raises:
        InvalidField: ``scanned_at`` can't be.
        Forbidden: a device of the door that stands at other gates.
        OutOfReach: the screening that the gate lets in to is another's.
        TooMany: too many scans wait in this process. It was not recorded.
        DatabaseUnavailable: it may or may not have been recorded: send the same scan again.
    """
    return await door.book.write(await _read(door, request, principal, door.context.clock.now()))


async def record_scans(door: Door, requests: Sequence[ScanRequest], principal: Principal) -> list[RecordedScan]:
    """Decide many scans as if they had come one by one in the order of ``scanned_at``; all are written, or none.

    The answers stand in the order of ``requests``.

    Raises:
        InvalidField: a ``scanned_at`` can't be. Nothing was recorded.
        DatabaseUnavailable: they may or may not have been recorded: send the same scans again.
    """
    now = door.context.clock.now()
    asked = [await _read(door, request, principal, now) for request in requests]
    order = sorted(range(len(asked)), key=lambda place: asked[place].scanned_at)
    written = await door.book.write_in_order([asked[place] for place in order])
    return [answer for _, answer in sorted(zip(order, written, strict=True), key=lambda pair: pair[0])]


async def _read(door: Door, request: ScanRequest, principal: Principal, received_at: datetime) -> AskedScan:
    scanned_at, late = timing(request.scanned_at, received_at)
    if request.scanned_at is None:
        await _stands_there(door, principal, request)
    revision = TYPED_REVISION
    ticket = typed = typed_number(request.code)
    if typed is None:
        try:
            payload = await door.keys.decode(request.code)
            ticket, revision = payload.ticket_id, payload.revision
        except CodeRefused:
            pass  # the verdict is `forged`; it is recorded like any other
    places = places_in_sql(principal.reach)
    return AskedScan(
        scan=str(request.scan),
        ticket=ticket,
        revision=revision,
        screening=request.screening,
        gate=request.gate,
        direction=request.direction,
        scanned_at=scanned_at,
        received_at=received_at,
        login=principal.login,
        late=late,
        shown=request.shown and request.shown.value,
        by_hand=typed is not None,
        reach=None if places is None else msgspec.Raw(msgspec.json.encode(places)),
    )


async def _stands_there(door: Door, principal: Principal, request: ScanRequest) -> None:
    """Refuse who scans elsewhere. What a gate did offline is recorded all the same: people went in."""
    if principal.post is not None and request.gate not in principal.post.gates:
        raise Forbidden
    if request.screening is None or principal.reach == EVERYWHERE:
        return
    try:
        screening = await door.catalogue.screening(request.screening)
    except UnknownScreening:
        raise OutOfReach(festival=None, venue=None) from None
    require_reach(principal.reach, festival=screening.festival, venue=screening.venue.venue)
