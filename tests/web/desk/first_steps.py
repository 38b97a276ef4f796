"""From an empty database to a screening on sale, form by form, without scripts."""

from datetime import timedelta
from typing import Any

from tests.programme.desk.entries import NEXT_WEEK
from tests.web.visitor import Form, Visitor

DESK = "/en/desk/programme"
ROWS = "zone: stalls\nA 1-4 _ 5-8\nB 1-4 _ 5-8\nC 1w 2c 3-4 _ 5c 6w 7-8\n"
FESTIVAL = {
    "name.en": "French premieres",
    "name.kk": "Француз премьералары",
    "starts_on": f"{NEXT_WEEK}",
    "ends_on": f"{NEXT_WEEK + timedelta(days=6)}",
}
FILM = {
    "original_title": "Le Règne animal",
    "title.fr": "Le Règne animal",
    "title.kk": "Аңдар патшалығы",
    "directors": "Thomas Cailley",
    "year": "2023",
    "running_minutes": "128",
    "age_category": "16+",
}


def entry_form(visitor: Visitor) -> Form:
    """The form of the entry: the first that is no deletion."""
    return next(form for form in visitor.forms() if "/desk/programme/" in form.action)


async def add(visitor: Visitor, table: str, query: str = "", **typed: Any) -> str:
    """Fill in the form of a new entry; the key under which it stands then."""
    await visitor.open(f"{DESK}/new/{table}{query}")
    page = await visitor.send(entry_form(visitor), **typed)
    assert "Added." in visitor.text(), visitor.text()[-900:]
    return page.url.path.rsplit("/", 1)[1]


async def add_hall(visitor: Visitor, venue: str) -> str:
    await visitor.open(f"{DESK}/new/hall?venue={venue}")
    form = entry_form(visitor)
    typed = {name: text for name, text in form.fields if name != "file"} | {"name.en": "Great hall"}
    files = {"file": ("hall.txt", ROWS.encode(), "text/plain")}
    visitor.page = await visitor.client.post(form.action, data=typed, files=files)
    assert "Added." in visitor.text(), visitor.text()
    return visitor.page.url.path.rsplit("/", 1)[1]


async def furnish_by_hand(visitor: Visitor) -> dict[str, str]:
    """Everything that a first screening needs; the keys by table."""
    made = {"festival": await add(visitor, "festival", **FESTIVAL)}
    own = f"?festival={made['festival']}"
    city = {"city": "almaty", "city_name.en": "Almaty"}
    made["venue"] = await add(visitor, "venue", **{"name.en": "Arman", **city})
    made["hall"] = await add_hall(visitor, made["venue"])
    made["zone"] = await add(visitor, "zone", own, **{"name.en": "Stalls", "zone": "stalls"})
    made["tariff"] = await add(visitor, "tariff", own, **{"name.en": "Full price", "tariff": "full"})
    made["price_list"] = await add(visitor, "price_list", own, **{"amounts.stalls:full": "3 500"})
    made["film"] = await add(visitor, "film", **FILM)
    made["version"] = await add(visitor, "version", f"?film={made['film']}", subtitles=["ru", "kk"])
    terms = {"film": made["film"], "distributor": "Studiocanal", "rate_basis_points": "47,5"}
    made["rental"] = await add(visitor, "rental", own, **terms)
    return made
