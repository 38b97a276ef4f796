"""The evening of a gate: whole once, then what is new; and what devices may do of it."""

import msgspec
import pytest

from tests.door.gate import DOORMAN, Gate
from ticketing.door.conflicts import list_conflicts
from ticketing.door.evening import take_evening
from ticketing.door.model import Verdict
from ticketing.door.scans import record_scan, record_scans
from ticketing.kernel.errors import Forbidden, OutOfReach
from ticketing.staff.devices import add_device, enrol_device, principal_of_device
from ticketing.staff.model import Principal, Role
from ticketing.staff.reach import EVERYWHERE, Place, reach_of


async def device_at(gate: Gate, venue: str) -> Principal:
    link = await add_device(gate.context, "Phone", [venue], ["north"], by="saule")
    enrolled = await enrol_device(gate.context, link.secret)
    found = await principal_of_device(gate.context, enrolled.token)
    assert found is not None
    return found


async def venue_of(gate: Gate, screening: str) -> str:
    return (await gate.door.catalogue.screening(screening)).venue.venue


async def test_whole_then_what_is_new(gate: Gate) -> None:
    screening = await gate.factory.screening()
    placed = await gate.factory.order(screening, "A-1", "A-2", "A-3")
    await gate.factory.order(screening, "A-4", status="expired")
    device = await device_at(gate, await venue_of(gate, screening))
    await gate.settled()
    whole, _ = await take_evening(gate.door, None, None, device, "en")
    assert whole.whole
    assert {ticket.ticket for ticket in whole.tickets} == set(placed.tickets.values())
    assert set(whole.screenings) == {screening}
    assert "aigerim" not in msgspec.json.encode(whole).decode().lower()
    same, _ = await take_evening(gate.door, None, whole.mark, device, "en")
    assert (same.whole, same.tickets, same.tag()) == (False, (), whole.tag())
    await gate.scan(await gate.code(placed.tickets["A-2"]))
    news, _ = await take_evening(gate.door, None, whole.mark, device, "en")
    assert [(ticket.seat, ticket.inside, ticket.gate) for ticket in news.tickets] == [("A-2", True, "north")]
    elsewhere, _ = await take_evening(gate.door, None, 2**62, device, "en")
    assert elsewhere.whole


async def test_a_device_stays_at_its_post(gate: Gate) -> None:
    here, there = await gate.factory.screening(), await gate.factory.screening()
    device = await device_at(gate, await venue_of(gate, here))
    _, code = await gate.sold(there)
    with pytest.raises(Forbidden):
        await take_evening(gate.door, await venue_of(gate, there), None, device, "en")
    for change in ({"gate": "south"}, {"screening": there}, {"screening": "no-such"}):
        with pytest.raises(Forbidden):
            await record_scan(gate.door, gate.request(code, **change), device)
    answer = await record_scan(gate.door, gate.request(code), device)
    assert answer.verdict is Verdict.WRONG_SCREENING
    late = gate.request(code, "south", screening=there, scanned_at=gate.context.clock.now())
    (answer,) = await record_scans(gate.door, [late], device)
    assert answer.verdict is Verdict.WRONG_SCREENING


async def test_a_number_is_good_for_the_first_revision_alone(gate: Gate) -> None:
    screening = await gate.factory.screening()
    placed = await gate.factory.order(screening, "A-1", "A-2")
    first, moved = placed.tickets["A-1"], placed.tickets["A-2"]
    await gate.context.postgres.execute("update ticket set revision = 2 where ticket_id = $1", moved)
    answer = await gate.scan(f" {first[:4].lower()}-{first[4:8]} {first[8:]}")
    assert (answer.verdict, answer.by_hand, answer.seat) == (Verdict.ADMITTED, True, "A-1")
    answer = await gate.scan(moved)
    assert (answer.verdict, answer.by_hand) == (Verdict.SUPERSEDED, True)
    assert (await gate.scan("ABCDEFGHJKMN")).verdict is Verdict.UNKNOWN
    assert not (await gate.scan(await gate.code(first))).by_hand


async def test_what_a_gate_let_in_by_itself_is_a_conflict_however_soon(gate: Gate) -> None:
    screening = await gate.factory.screening()
    _, code = await gate.sold(screening)
    await gate.scan(code, "north")
    asked = gate.request(code, "south")
    # The house answered, the gate heard nothing and let in; then it hands the very same scan in.
    assert not (await record_scan(gate.door, asked, DOORMAN)).conflict
    again = msgspec.structs.replace(asked, scanned_at=gate.context.clock.now(), shown=Verdict.ADMITTED)
    for _ in range(2):
        (answer,) = await record_scans(gate.door, [again], DOORMAN)
        assert (answer.verdict, answer.conflict) == (Verdict.ALREADY_ADMITTED, True)
        assert answer.other is not None
        assert answer.other.gate == "north"
    assert len((await list_conflicts(gate.door, screening, EVERYWHERE, 10, None)).conflicts) == 1


async def test_who_scans_for_one_festival_lets_in_to_that_one_alone(gate: Gate) -> None:
    here, there = await gate.factory.screening(), await gate.factory.screening()
    festival = (await gate.door.catalogue.screening(here)).festival
    dana = Principal("dana", Role.DOOR, reach=reach_of([Place(festival)]))
    for screening, verdict in ((here, Verdict.ADMITTED), (there, Verdict.WRONG_SCREENING)):
        _, code = await gate.sold(screening)
        assert (await record_scan(gate.door, gate.request(code), dana)).verdict is verdict
        (late,) = await record_scans(
            gate.door, [gate.request(code, "south", screening=there, scanned_at=gate.context.clock.now())], dana
        )
        assert late.verdict is Verdict.WRONG_SCREENING
    with pytest.raises(OutOfReach):
        await record_scan(gate.door, gate.request(code, screening=there), dana)
