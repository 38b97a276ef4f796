"""Accredited people, put straight into the tables with sensible defaults, for tests of what comes after."""

import uuid
from datetime import timedelta
from typing import Any

from tests.factories import Factory
from ticketing.kernel.ids import new_accreditation_id


async def accredited(factory: Factory, festival: str, *, screenings: tuple[str, ...] = (), **columns: Any) -> str:
    """Somebody of the press, accredited for all screenings of a festival from yesterday on, for ten days.

    ``screenings`` are those entered by name, ``columns`` the accreditation's.
    """
    accreditation, now = new_accreditation_id(), factory.context.clock.now()
    usual = {
        "category": "press",
        "name": "Aigerim Sadyk",
        "email": "aigerim@example.org",
        "organisation": "The Almaty Gazette",
        "locale": "en",
        "first_day": now.date() - timedelta(days=1),
        "last_day": now.date() + timedelta(days=9),
        "all_screenings": True,
        "all_meetings": False,
        "cities": [],
        "venues": [],
        "request_id": uuid.uuid4(),
        "place": 1,
        "request_digest": b"",
        "added_at": now,
        "added_by": "olga",
    }
    row = {"accreditation_id": accreditation, "festival_id": festival, **usual, **columns}
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    await factory.postgres.execute(f"insert into accreditation ({', '.join(row)}) values ({places})", *row.values())
    await factory.postgres.execute(
        "insert into accreditation_screening select $1, unnest($2::text[])", accreditation, list(screenings)
    )
    return accreditation
