"""Badges on the lists of gates: all that a gate needs, what is new of it, and nobody's name."""

import msgspec

from tests.accreditation.people import accredited
from tests.door.gate import Gate
from tests.door.test_evening import device_at, venue_of
from ticketing.accreditation.accrediting import revoke_accreditation
from ticketing.accreditation.desk import Accreditations
from ticketing.door.badges import EveningBadge
from ticketing.door.evening import take_evening
from ticketing.door.model import Verdict
from ticketing.door.offline import take_snapshot
from ticketing.door.scans import record_scan, record_scans
from ticketing.staff.reach import EVERYWHERE


async def test_whole_then_what_is_new(gate: Gate) -> None:
    screening = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(screening)).festival
    one = await accredited(gate.factory, festival, screenings=(screening,), screenings_per_day=2)
    two = await accredited(gate.factory, festival)
    await accredited(gate.factory, await gate.factory.festival())
    device = await device_at(gate, await venue_of(gate, screening))

    async def news(since: int | None) -> tuple[int, dict[str, EveningBadge]]:
        evening, _ = await take_evening(gate.door, None, since, device, "en")
        shown = msgspec.json.encode(evening).decode().lower()
        assert "aigerim" not in shown
        assert "gazette" not in shown
        assert evening.nothing_new() is not bool(evening.whole or evening.badges or evening.tickets)
        return evening.mark, {badge.badge: badge for badge in evening.badges}

    await gate.settled()
    mark, listed = await news(None)
    assert set(listed) == {one, two}
    _, listed = await news(mark)
    assert listed == {}
    code = await gate.badge(one)
    await gate.scan(code, screening=screening)
    await gate.settled()
    later, listed = await news(mark)
    assert [(name, badge.entered[0].inside) for name, badge in listed.items()] == [(one, True)]
    await revoke_accreditation(Accreditations(gate.context, gate.door.catalogue, gate.door.keys), two, "olga")
    _, listed = await news(later)
    assert listed[two].status == "revoked"
    snapshot = await take_snapshot(gate.door, screening, EVERYWHERE, "en")
    assert {badge.badge: badge.screenings for badge in snapshot.badges} == {one: (screening,), two: ()}


async def test_a_device_lets_badges_in_at_its_venue_alone(gate: Gate) -> None:
    here = await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(here)).festival
    there = await gate.factory.screening(festival=festival)
    device = await device_at(gate, await venue_of(gate, here))
    code = await gate.badge(await accredited(gate.factory, festival))
    # Two are open in the house, and one where the device stands.
    assert (await gate.scan(code)).reason == "choose_screening"
    answer = await record_scan(gate.door, gate.request(code), device)
    assert (answer.verdict, answer.screening) == (Verdict.ADMITTED, here)
    late = gate.request(code, screening=there, scanned_at=gate.context.clock.now())
    (answer,) = await record_scans(gate.door, [late], device)
    assert (answer.verdict, answer.reason) == (Verdict.WRONG_SCREENING, "choose_screening")
