"""People are accredited once, changed, revoked and given new badges; what can't be changes nothing."""

import asyncio
import uuid
from datetime import timedelta

import msgspec
import pytest

from tests.accreditation.people import accredited
from tests.factories import Factory
from ticketing.accreditation import accrediting
from ticketing.accreditation.accrediting import accredit, change_accreditation, reissue_badge, revoke_accreditation
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import AccreditationTerms, Entitlement, Holder, NewAccreditations, terms_of
from ticketing.accreditation.reading import list_accreditations, read_accreditation
from ticketing.kernel import errors
from ticketing.tickets.code import BadgeFacts


def wish(desk: Accreditations, people: int = 1, **entitlement: object) -> NewAccreditations:
    today = desk.context.clock.now().date()
    return NewAccreditations(
        request=uuid.uuid4(),
        category="delegation",
        entitlement=Entitlement(today, today + timedelta(days=3), **entitlement),  # type: ignore[arg-type]  # a table's
        holders=tuple(Holder(f"Person {n}", "A film centre", f"p{n}@example.org") for n in range(people)),
    )


async def acts(desk: Accreditations) -> list[str]:
    return [row["act"] for row in await desk.context.postgres.fetch("select act from audit order by audit_id")]


async def test_the_same_request_accredits_once(desk: Accreditations, factory: Factory) -> None:
    festival = await factory.festival()
    asked = wish(desk, 3)
    first, again = await asyncio.gather(*(accredit(desk, festival, asked, "olga") for _ in range(2)))
    assert first == again
    assert [one.name for one in first] == ["Person 0", "Person 1", "Person 2"]
    assert {(one.status, one.revision, one.photo, one.erased) for one in first} == {("active", 1, False, False)}
    assert await acts(desk) == ["accredited"]
    with pytest.raises(errors.IdempotencyMismatch):
        await accredit(desk, festival, msgspec.structs.replace(asked, category="jury"), "olga")
    assert len((await list_accreditations(desk, festival)).accreditations) == 3


async def test_what_the_festival_lacks_is_refused_whole(desk: Accreditations, factory: Factory) -> None:
    festival = await factory.festival()
    elsewhere = await factory.screening()
    for field, named in (("screenings", elsewhere), ("cities", "atlantis"), ("venues", "nowhere")):
        with pytest.raises(errors.InvalidField) as refused:
            await accredit(desk, festival, wish(desk, **{field: (named,)}), "olga")
        assert refused.value.data["field"] == field
        assert refused.value.data["unknown"] == [named]
    with pytest.raises(errors.UnknownFestival):
        await accredit(desk, "nowhere", wish(desk), "olga")
    assert (await list_accreditations(desk, festival)).accreditations == ()
    assert await acts(desk) == []


async def test_a_festival_accredits_so_many_and_no_more(
    desk: Accreditations, factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accrediting, "ACCREDITED_MAX", 5)
    festival = await factory.festival()
    # Both would fit alone.
    tried = await asyncio.gather(
        *(accredit(desk, festival, wish(desk, 3), "olga") for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in tried].count(errors.AccreditationsFull) == 1
    assert len((await list_accreditations(desk, festival)).accreditations) == 3


async def test_terms_are_changed_and_a_badge_is_revoked_and_made_anew(
    desk: Accreditations, factory: Factory
) -> None:
    screening = await factory.screening()
    festival = (await desk.catalogue.screening(screening)).festival
    (one,) = await accredit(desk, festival, wish(desk), "olga")
    terms = AccreditationTerms(
        "jury",
        msgspec.structs.replace(one.entitlement, screenings=(screening,), screenings_per_day=2, cities=("almaty",)),
        Holder("Другое имя", "The jury", None, "kk"),
    )
    for _ in range(2):
        changed = await change_accreditation(desk, one.accreditation, terms, "olga", made_from=one.version)
        assert (changed.category, changed.entitlement, changed.name, changed.email, changed.locale) == (
            "jury", terms.entitlement, "Другое имя", None, "kk",
        )  # fmt: skip
        assert changed.revision == 1
    bare = msgspec.structs.replace(terms, entitlement=one.entitlement)
    with pytest.raises(errors.ChangedMeanwhile) as refused:
        await change_accreditation(desk, one.accreditation, bare, "dana", made_from=one.version)
    assert "screenings" in refused.value.data["changed"]
    assert refused.value.data["version"] == changed.version
    now = await change_accreditation(desk, one.accreditation, bare, "olga", made_from=changed.version)
    assert now.entitlement.screenings == ()
    for _ in range(2):
        assert (await revoke_accreditation(desk, one.accreditation, "olga")).status == "revoked"
    for _ in range(2):
        anew = await reissue_badge(desk, one.accreditation, 1, "olga")
        assert (anew.status, anew.revision) == ("active", 2)
    with pytest.raises(errors.InvalidField):
        await reissue_badge(desk, one.accreditation, 3, "olga")
    told = await acts(desk)
    assert told.count("accreditation_changed") == 2
    assert told.count("accreditation_revoked") == told.count("badge_reissued") == 1
    for unknown in ("BK7Q29XFMABCD", "x\x00", "é", ""):
        with pytest.raises(errors.UnknownAccreditation):
            await read_accreditation(desk, unknown)


async def test_of_two_who_change_it_at_once_one_is_told(desk: Accreditations, factory: Factory) -> None:
    (one,) = await accredit(desk, await factory.festival(), wish(desk), "olga")
    before = terms_of(one)
    tried = await asyncio.gather(
        *(
            change_accreditation(
                desk, one.accreditation, msgspec.structs.replace(before, category=to), "olga", made_from=one.version
            )
            for to in ("jury", "press", "distributor")
        ),
        return_exceptions=True,
    )
    assert [type(answer) for answer in tried].count(errors.ChangedMeanwhile) == 2
    assert await acts(desk) == ["accredited", "accreditation_changed"]


async def test_lists_are_narrowed_and_paged(desk: Accreditations, factory: Factory) -> None:
    festival = await factory.festival()
    await accredit(desk, festival, wish(desk, 5), "olga")
    revoked = await accredited(factory, festival, status="revoked")
    seen, cursor = [], None
    while True:
        page = await list_accreditations(desk, festival, limit=2, cursor=cursor)
        seen += [one.accreditation for one in page.accreditations]
        cursor = page.next
        if cursor is None:
            break
    assert len(set(seen)) == len(seen) == 6
    listed = await list_accreditations(desk, festival, category="press", status="revoked")
    assert [one.accreditation for one in listed.accreditations] == [revoked]
    for nonsense in ("x", "é", "W10=", "WyIyMDI0LTAxLTAxVDAwOjAwOjAwWiIsIlx1MDAwMCJd"):
        with pytest.raises(errors.InvalidField):
            await list_accreditations(desk, festival, cursor=nonsense)


async def test_the_code_of_a_badge_is_told_from_a_ticket_s(desk: Accreditations, factory: Factory) -> None:
    accreditation = await accredited(factory, await factory.festival())
    now = desk.context.clock.now()
    code = await desk.keys.badge_code_of(BadgeFacts(accreditation, "week-1", 3, now, now + timedelta(days=3)))
    assert len(code) == 138
    payload = await desk.keys.decode(code)
    assert (payload.ticket_id, payload.revision, payload.seat_index) == (accreditation, 3, 0xFFFF)
