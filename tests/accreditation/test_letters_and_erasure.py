"""What the rest of the house does with badges: the letter, and what is forgotten at somebody's wish."""

import uuid
from datetime import timedelta

import pytest

from tests.accreditation.people import accredited
from tests.factories import Factory
from ticketing.accreditation.accrediting import reissue_badge
from ticketing.accreditation.badges import badge_page, mail_badge
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.reading import read_accreditation
from ticketing.kernel.errors import InvalidField
from ticketing.kernel.jobs import do_jobs
from ticketing.sales.desk import Sales
from ticketing.sales.letters.badge import write_badge
from ticketing.sales.letters.letter import Letter
from ticketing.sales.personal_data import ErasureRequest, erase_person, show_personal_data
from ticketing.web.house import build_house


@pytest.fixture
def sales(desk: Accreditations) -> Sales:
    return build_house(desk.context).sales


async def test_a_badge_is_mailed_as_it_stands(desk: Accreditations, factory: Factory, sales: Sales) -> None:
    accreditation = await accredited(factory, await factory.festival(), locale="fr")
    payloads: list[dict[str, object]] = []
    wish = uuid.uuid4().hex

    async def take(payload: dict[str, object]) -> None:
        payloads.append(payload)

    for _ in range(2):
        await mail_badge(desk, accreditation, wish, "olga")
        assert await do_jobs(desk.context, {"mail_badge": take}) == 1
    first, again = [await write_badge(sales, payload) for payload in payloads]
    assert isinstance(first, Letter)
    assert isinstance(again, Letter)
    assert first.key == again.key, "two letters of one key are one letter"
    badge = await read_accreditation(desk, accreditation)
    assert (first.to, first.locale) == ("aigerim@example.org", "fr")
    assert first.button is not None
    assert first.button.address == badge_page(desk, badge, "fr")
    assert [(one.name, one.body[:4]) for one in first.attachments] == [(f"badge-{accreditation}.pdf", b"%PDF")]
    await reissue_badge(desk, accreditation, 1, "olga")
    assert await write_badge(sales, payloads[0]) is None
    nobody = await accredited(factory, await factory.festival(), email="")
    with pytest.raises(InvalidField):
        await mail_badge(desk, nobody, wish, "olga")


async def test_a_person_is_shown_and_forgotten(desk: Accreditations, factory: Factory, sales: Sales) -> None:
    today = desk.context.clock.now().date()
    over = {"first_day": today - timedelta(days=9), "last_day": today - timedelta(days=2)}
    festival = await factory.festival()
    past = await accredited(factory, festival, email="Dana@example.org", **over)
    coming = await accredited(factory, festival, email="dana@example.org")
    other = await accredited(factory, festival)
    shown = await show_personal_data(sales, "DANA@example.org", "olga")
    assert {one.accreditation for one in shown.accreditations} == {past, coming}
    erased = await erase_person(sales, ErasureRequest("dana@example.org"), "olga")
    assert (erased.accreditations, erased.accreditations_kept) == (1, 1)
    assert (await read_accreditation(desk, past)).erased
    assert (await read_accreditation(desk, coming)).name
    erased = await erase_person(sales, ErasureRequest("dana@example.org", "forget"), "olga")
    assert (erased.accreditations, erased.accreditations_kept) == (1, 0)
    badge = await read_accreditation(desk, coming)
    assert (badge.name, badge.email, badge.status) == ("", None, "revoked")
    assert not (await read_accreditation(desk, other)).erased
