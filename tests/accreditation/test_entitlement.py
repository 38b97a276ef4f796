"""What a badge may enter: the rule in Python beside the one in the database."""

from datetime import timedelta
from random import Random

import msgspec

from tests.accreditation.people import accredited
from tests.factories import Factory
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import Entitlement, entitled


async def test_what_a_badge_may_enter_is_one_rule(desk: Accreditations, factory: Factory) -> None:
    """The house's rule in SQL beside the one in Python, by fair chance."""
    rng = Random(3)
    festivals = [await factory.festival() for _ in range(2)]
    meeting = {"kind": "meeting", "title": {"en": "M"}}
    screenings = [
        await factory.screening(
            festival=rng.choice(festivals),
            starts_at=desk.context.clock.now() + timedelta(hours=rng.randrange(-60, 60)),
            **rng.choice(({}, meeting)),
        )
        for _ in range(12)
    ]
    shown = [await desk.catalogue.screening(one) for one in screenings]
    today = desk.context.clock.now().date()
    told = []
    for _ in range(25):
        terms = Entitlement(
            today + timedelta(days=rng.randrange(-3, 1)),
            today + timedelta(days=rng.randrange(0, 3)),
            rng.random() < 0.5,
            rng.random() < 0.5,
            rng.choice(((), ("almaty",), ("astana",))),
            tuple(rng.sample([one.venue.venue for one in shown], rng.choice((0, 0, 2)))),
            tuple(rng.sample(screenings, rng.choice((0, 1, 3)))),
        )
        festival = rng.choice(festivals)
        fields = msgspec.structs.asdict(terms)
        accreditation = await accredited(
            factory, festival, **fields | {"cities": list(terms.cities), "venues": list(terms.venues)}
        )
        house = await desk.context.postgres.fetch(
            "select badge_entitled($1, asked) as may"
            " from unnest($2::text[]) with ordinality as listed (asked, place) order by place",
            accreditation,
            screenings,
        )
        assert [row["may"] for row in house] == [entitled(festival, terms, one) for one in shown]
        told += [row["may"] for row in house]
    assert 20 < told.count(True) < 200
