"""What has to be true after two hours at the door, compared with what people did. Raises AssertionError."""

import itertools
import uuid
from collections import Counter
from collections.abc import Mapping

from tests.door.crowd import BADGES, NEVER
from tests.door.two_hours import RIGHTFUL, TwoHours
from ticketing.door.conflicts import list_conflicts
from ticketing.kernel.ids import TICKET_ID_LENGTH
from ticketing.staff.reach import EVERYWHERE


async def check_evening(hours: TwoHours) -> dict[str, int]:
    """Compare what people did with what the house knows; figures of the evening. Raises AssertionError."""
    rows, listed = await hours.scans(), await _conflicts_listed(hours)
    assert set(rows) == {one.scan for one in hours.passages}, "each scan reaches the house once"
    conflicts = {scan for scan, (_, conflict) in rows.items() if conflict}
    assert listed == conflicts, "a conflict is not listed"
    for one in hours.passages:
        verdict, conflict = rows[one.scan]
        let_in = one.direction == "in" and one.moved
        assert not let_in or verdict == "admitted" or conflict, f"hidden: {one} {verdict}"
        assert let_in or not conflict, f"nobody was let in: {one}"
        assert verdict != "admitted" or let_in, f"refused, and counted: {one}"
        assert not (let_in and one.person.kind in NEVER), f"let in without a right: {one}"
    twice = 0
    entries = dict(
        await hours.context.postgres.fetch(
            "select ticket_id, entries from ticket union all"
            " select accreditation_id, entries from badge_entry where screening_id = $1",
            hours.crowd.screening.screening_id,
        )
    )
    for ticket, passages in hours.came().items():
        let_in = [one for one in passages if one.direction == "in" and one.moved]
        admitted = [one for one in let_in if rows[one.scan][0] == "admitted"]
        assert entries.get(ticket, 0) == len(admitted), "entries miscounted"
        inside = list(itertools.accumulate(1 if one.direction == "in" else -1 for one in passages if one.moved))
        too_many = max(0, *inside, 0) - 1
        assert too_many <= len(let_in) - len(admitted), f"a duplicate is hidden: {passages}"
        twice += max(too_many, 0)
    entered = {one.person.ticket for one in hours.passages if one.direction == "in" and one.moved}
    missing = [
        person
        for person in hours.crowd.people
        if person.kind in RIGHTFUL and person.ticket not in hours.given_up | entered
    ]
    assert missing == [], "somebody with a right stayed outside"
    no_places = await _check_badge_places(hours, rows)
    guests = [person.guest for person in hours.crowd.people if person.guest]
    arrived = await hours.context.postgres.fetchval(
        "select sum(arrived) from guest where guest_id = any($1)", guests
    )
    assert arrived == len(hours.guests_in) == len(guests), "guests who arrived"
    return {
        "passages": len(hours.passages),
        "let in": sum(one.moved and one.direction == "in" for one in hours.passages),
        "conflicts": len(conflicts),
        "at once with one ticket": twice,
        "cut": sum(hours.cuts.values()),
        "given up": len(hours.given_up),
        "badges let in": len({ticket for ticket in entered if ticket and len(ticket) > TICKET_ID_LENGTH}),
        "no place for a badge": no_places,
    }


async def _check_badge_places(hours: TwoHours, rows: Mapping[uuid.UUID, tuple[str, bool]]) -> int:
    """The house let in by badge as long as there was a place, and no longer; how often it said that there is
    none.
    """
    places, refused = await hours.context.postgres.fetchrow(
        "select accredited_places, (select count(*) from scan where answer ->> 'reason' = 'no_places')"
        " from screening where screening_id = $1",
        hours.crowd.screening.screening_id,
    )
    by_badge = [one for one in sorted(hours.passages, key=lambda one: one.at) if one.person.by_badge]
    admitted: set[str | None] = set()
    there: Counter[str | None] = Counter()
    full_at = {}
    for one in by_badge:
        badge, verdict = one.person.ticket, rows[one.scan][0]
        if verdict == "admitted":
            admitted.add(badge)
        elif verdict == "left" and hours.reentry:
            admitted.discard(badge)
        assert len(admitted) <= places, f"more badges than places: {one}"
        if one.moved and (one.direction == "in" or hours.reentry):
            there[badge] += 1 if one.direction == "in" else -1
        full_at[badge] = sum(count > 0 for count in there.values()) >= places
    entered = {one.person.ticket for one in by_badge if one.direction == "in" and one.moved}
    outside = [
        person
        for person in hours.crowd.people
        if person.kind in BADGES and person.ticket not in entered and not full_at.get(person.ticket, False)
    ]
    assert outside == [], "somebody with a badge stayed outside although there was a place"
    return int(refused)


async def _conflicts_listed(hours: TwoHours) -> set[uuid.UUID]:
    listed: set[uuid.UUID] = set()
    cursor: str | None = None
    while True:
        page = await list_conflicts(hours.house.door, hours.crowd.screening.screening_id, EVERYWHERE, 200, cursor)
        listed |= {conflict.scan for conflict in page.conflicts}
        cursor = page.next
        if cursor is None:
            return listed
