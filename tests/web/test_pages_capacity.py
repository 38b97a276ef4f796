"""The capacity page without scripts: filters in its address, groups and their sums."""

import re
from datetime import timedelta

import pytest

from tests.accreditation.people import accredited
from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.staff.model import Role


@pytest.fixture
async def week(visitor: Visitor, factory: Factory) -> dict[str, str]:
    """Two films on two days, one seat sold of the first, two of the second; an organiser looks."""
    festival = await factory.festival()
    now = factory.context.clock.now()
    film, version = await factory.film()
    other, other_version = await factory.film(title={"en": "Another film"})
    first = await factory.screening(festival=festival, film_id=film, version_id=version)
    second = await factory.screening(
        festival=festival, film_id=other, version_id=other_version, starts_at=now + timedelta(days=2)
    )
    accreditation = await accredited(factory, festival)
    await factory.postgres.execute(
        "insert into badge_entry values ($1, $2, $3, true, 1, true)", accreditation, first, now.date()
    )
    await factory.order(first, "A-1")
    await factory.order(second, "A-1", "A-2")
    await factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    return {"festival": festival, "film": film, "other": other, "version": other_version, "first": first}


def shown(text: str) -> int:
    return text.count("data-screening=")


def summed(text: str, name: str) -> str:
    """What the page says of all that it shows."""
    found = re.search(rf'data-sum="{name}">([^<]*)<', text)
    assert found is not None
    return found.group(1).replace("\u00a0", " ")


async def test_all_of_it_by_day(visitor: Visitor, week: dict[str, str]) -> None:
    page = await visitor.open("/en/capacity")
    assert (shown(page.text), summed(page.text, "sold"), summed(page.text, "revenue")) == (2, "3", "10,500 ₸")
    assert page.text.count('class="group"') == 2
    assert summed(page.text, "badges") == "1"
    assert page.text.count("1 / 49") == 2  # of the screening and of its day


async def test_filters_stand_in_the_address(visitor: Visitor, week: dict[str, str]) -> None:
    day = re.search(r'<option value="(\d{4}-\d\d-\d\d)"', (await visitor.open("/en/capacity")).text)
    assert day is not None
    for query, sold in (
        (f"film={week['other']}", "2"),
        (f"version={week['version']}", "2"),
        (f"day={day.group(1)}", "1"),
        ("city=almaty", "3"),
        (f"film={week['film']}&day={day.group(1)}&city=almaty", "1"),
    ):
        page = await visitor.open(f"/fr/capacity?festival={week['festival']}&{query}")
        assert summed(page.text, "sold") == sold, query
        assert page.text.count(" selected") == query.count("=") + 1, query


@pytest.mark.parametrize(("by", "groups"), [("film", 2), ("version", 2), ("city", 1), ("none", 0), ("x" * 500, 2)])
async def test_it_is_summed_up_as_one_likes(visitor: Visitor, week: dict[str, str], by: str, groups: int) -> None:
    page = await visitor.open(f"/ru/capacity?by={by}")
    assert page.text.count('class="group"') == groups
    assert shown(page.text) == 2


@pytest.mark.parametrize(
    "query", ["city=nowhere", "day=yesterday", "film=%00", "version=" + "x" * 5000, "city=%3Cscript%3E"]
)
async def test_what_is_not_there_is_not_found(visitor: Visitor, week: dict[str, str], query: str) -> None:
    page = await visitor.open(f"/en/capacity?{query}")
    assert page.status_code == 200
    assert shown(page.text) == 0
    assert "Nothing found" in visitor.text()
    assert "Show all" in visitor.text()
    assert "<script>" not in page.text


async def test_what_asks_for_attention_stands_first(
    visitor: Visitor, week: dict[str, str], factory: Factory
) -> None:
    await factory.context.postgres.execute(
        "update screening set starts_at = now() - interval '5 minutes' where screening_id = $1", week["first"]
    )
    await visitor.open("/en/capacity")
    assert "Began, and nobody was let in The Animal Kingdom" in visitor.text()


async def test_how_one_screening_sells(visitor: Visitor, week: dict[str, str], factory: Factory) -> None:
    page = await visitor.open(f"/kk/capacity/screenings/{week['first']}")
    assert page.status_code == 200
    assert page.text.count('class="s h-late"') == 2  # the seat, and the legend
    assert "<b>1 / 49</b>" in page.text
    assert 'data-x="-336"' in page.text
    for unknown in ("nowhere", "%00", "x" * 500):
        assert (await visitor.open(f"/en/capacity/screenings/{unknown}")).status_code == 404
    await factory.staff(Role.SUPERVISOR, "sara")
    await visitor.open("/en/staff/sign-in")
    await visitor.send(visitor.form("/sign-out"))
    await visitor.sign_in("sara", PASSWORD)
    assert (await visitor.open(f"/en/capacity/screenings/{week['first']}")).status_code == 403
