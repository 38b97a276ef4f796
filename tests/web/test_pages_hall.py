"""The hall without scripts: what is offered instead of a refusal, and what a crafted form can't do."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import Factory, make_layout
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context

JSON = {"accept": "application/json"}


async def cart_words(visitor: Visitor) -> str:
    await visitor.open("/en/cart")
    return visitor.text()


async def test_a_seat_left_alone_is_refused_on_the_way_to_the_checkout(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.choose(screening, "B-2", "B-3")
    assert "A single seat would be left over" in visitor.text()
    page = await visitor.open(f"/en/screenings/{screening}/continue")
    assert page.status_code == 409
    assert "hardly anybody comes alone: row B: 1." in visitor.text()
    offer = next(form for form in visitor.forms() if ("seat", "B-1") in form.fields)
    await visitor.send(offer)
    assert "row B: 1, 2" in visitor.text()
    page = await visitor.open(f"/en/screenings/{screening}/continue")
    assert str(page.url).endswith("/en/cart")


async def test_the_checkout_reached_directly_asks_for_it_too(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.choose(screening, "B-2", "B-3")
    page = await visitor.open("/en/cart")
    assert page.status_code == 409
    assert str(page.url).endswith(f"/en/screenings/{screening}/continue")
    await visitor.send(next(form for form in visitor.forms() if ("seat", "B-1") in form.fields))
    page = await visitor.open("/en/cart")
    assert (page.status_code, str(page.url).endswith("/en/cart")) == (200, True)


@pytest.mark.parametrize(
    ("rules", "layout", "seats"),
    [
        ({"single_seats": "allow"}, make_layout(), ("B-2", "B-3")),
        # Nothing else can be chosen: the hall has three seats.
        ({}, make_layout(rows=1, seats=3), ("A-1", "A-2")),
    ],
)
async def test_a_seat_may_be_left_alone_where_it_is_allowed_or_can_t_be_helped(
    visitor: Visitor, factory: Factory, rules: dict[str, Any], layout: Any, seats: tuple[str, ...]
) -> None:
    screening = await factory.screening(rules=rules, layout=layout)
    await visitor.choose(screening, *seats)
    assert "A single seat" not in visitor.text()
    page = await visitor.open(f"/en/screenings/{screening}/continue")
    assert str(page.url).endswith("/en/cart")


async def test_nobody_goes_on_without_seats(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    page = await visitor.open(f"/en/screenings/{screening}/continue")
    assert str(page.url).endswith(f"/en/screenings/{screening}")


async def test_a_refusal_names_the_seat_and_offers_the_nearest_equal_ones(
    visitor: Visitor, factory: Factory
) -> None:
    screening = await factory.screening()
    await visitor.open(f"/en/screenings/{screening}")
    form = visitor.form("/seats")
    # Somebody else takes one of them meanwhile.
    await visitor.client.post(f"/api/v1/screenings/{screening}/holds", json={"seats": ["C-4"]})
    page = await visitor.send(form, seat=["C-4", "C-5"])
    assert page.status_code == 409
    assert "The nearest equal seats row C: 5, 6" in visitor.text()
    await visitor.send(next(form for form in visitor.forms() if ("seat", "C-6") in form.fields))
    assert "2 seats are kept for you row C: 5, 6" in visitor.text()


async def test_where_the_party_does_not_fit_the_page_says_what_there_is(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening(layout=make_layout(rows=2, seats=4))
    await visitor.open(f"/en/screenings/{screening}")
    page = await visitor.send(visitor.form("/best"), count="6")
    assert page.status_code == 409
    assert "In two groups, near each other" in visitor.text()
    await visitor.send(next(form for form in visitor.forms() if len(form.fields) >= 7))
    assert "6 seats are kept for you" in visitor.text()


async def test_the_script_is_told_the_same_as_data(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await visitor.open(f"/en/screenings/{screening}")
    form = visitor.form("/seats")
    data = {"_csrf_token": form.value("_csrf_token"), "add": ["B-2", "B-3"]}
    answer = await visitor.client.post(form.action, data=data, headers=JSON)
    told = answer.json()
    assert told["seats"] == ["B-2", "B-3"]
    assert told["hint"]["seats"] == ["B-1"]
    assert told["hint"]["offer"]["seats"] == ["B-1", "B-2"]
    data = {"_csrf_token": form.value("_csrf_token"), "remove": ["B-2"]}
    answer = await visitor.client.post(form.action, data=data, headers=JSON)
    assert (answer.json()["seats"], answer.json()["hint"]) == (["B-3"], None)


async def test_the_end_of_the_time_is_told_and_when_there_is_no_more(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening(rules={"hold_ttl_s": 600, "hold_cap_s": 900})
    await visitor.choose(screening, "A-1")
    assert "With more time they are kept until" in visitor.text()
    await visitor.send(visitor.form("/extension"))
    await visitor.send(visitor.form("/extension"))
    assert "kept until" in visitor.text()
    short = await factory.screening(rules={"hold_ttl_s": 600, "hold_cap_s": 600})
    await visitor.choose(short, "A-1")
    assert "No more time can be added" in visitor.text()


async def test_a_sold_out_screening_leads_to_others_of_the_film(
    visitor: Visitor, factory: Factory, context: Context
) -> None:
    festival = await factory.festival()
    film, version = await factory.film()
    of_the_film = {"festival": festival, "film_id": film, "version_id": version}
    full = await factory.screening(layout=make_layout(rows=1, seats=2), **of_the_film)
    starts_at = context.clock.now() + timedelta(days=1)
    other = await factory.screening(starts_at=starts_at, **of_the_film)
    another_film = await factory.screening(festival=festival, starts_at=starts_at)
    await factory.order(full, "A-1", "A-2")
    page = await visitor.open(f"/en/screenings/{full}")
    assert "Sold out" in visitor.text()
    assert f"/en/screenings/{other}" in page.text
    assert f"/en/screenings/{another_film}" not in page.text


@pytest.mark.parametrize(
    ("step", "fields", "status"),
    [
        ("seats", {"add": [f"A-{number}" for number in range(1000)]}, 422),
        ("seats", {"remove": ["Z-1"]}, 422),
        ("seats", {"add": ["A-1"] * 150}, 200),
        ("seats", {"add": ["<script>alert(1)</script>"]}, 422),
        ("seats", {"add": ["A-1", "parterre#1", "parterre#9"]}, 422),
        ("best", {"count": "-3"}, 422),
        ("best", {"count": "2", "wheelchair": "-1"}, 422),
        ("best", {"count": "2", "zone": "<b>"}, 422),
        ("best", {"count": "2", "zone": "z" * 41}, 422),
        ("places", {"area": "<b>", "count": "1"}, 422),
        ("nothing", {}, 404),
        ("continue", {}, 404),
    ],
)
async def test_crafted_steps_take_nothing(
    visitor: Visitor, factory: Factory, step: str, fields: dict[str, Any], status: int
) -> None:
    screening = await factory.screening(layout=make_layout(seats=20, area_capacity=5))
    await visitor.open(f"/en/screenings/{screening}")
    token = visitor.form("/seats").value("_csrf_token")
    page = await visitor.client.post(f"/en/screenings/{screening}/{step}", data={"_csrf_token": token, **fields})
    assert page.status_code == status
    assert "<script>alert" not in page.text
    held = "No seats chosen" not in await cart_words(visitor)
    assert held is (status == 200)


@pytest.mark.parametrize("step", ["seats", "best", "places", "extension", "release"])
async def test_a_form_that_is_reloaded_leads_back_to_the_hall(
    visitor: Visitor, factory: Factory, step: str
) -> None:
    screening = await factory.screening()
    page = await visitor.open(f"/en/screenings/{screening}/{step}")
    assert (page.status_code, str(page.url).rsplit("/", 1)[-1]) == (200, screening)
    assert (await visitor.open(f"/en/screenings/{screening}/nothing")).status_code == 404
