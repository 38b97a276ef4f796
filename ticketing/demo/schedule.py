"""The demo as an import folder, with a schedule that follows today.

A screening is keyed by its date and its place in the grid, and everything about it follows from the key: written
again an hour or a day later, what was there has not moved, and what has come near is added.
"""

import json
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ticketing.demo import grid
from ticketing.demo.grid import SLOTS, Slot

DATA = Path(__file__).parent / "data"
STATIC_FILES = (
    "films-from-france.toml",
    "films-from-kazakhstan.toml",
    "versions.toml",
    "venues.toml",
    "prices.toml",
    "rentals.toml",
)
STATIC_FOLDERS = ("halls", "logos")
HORIZON = timedelta(days=7)
SALES_OPEN_DAYS_BEFORE = 14
# Advertisements and a word of welcome.
BEFORE_THE_FILM_MINUTES = 5
KEPT_BACK_RELEASE_MINUTES_BEFORE = 60


class PlannedScreening(msgspec.Struct, frozen=True, kw_only=True):
    """A screening as the generator plans it; all times are aware and in the venue's zone."""

    slot: Slot
    key: str
    version: str | None
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime
    sales_open_at: datetime
    sales_close_at: datetime

    @property
    def screening_id(self) -> str:
        """The id that the import gives it."""
        return f"{self.slot.festival}-{self.key}"


def write_demo(folder: Path, now: datetime) -> None:
    """Write the demo into `folder`, which is made where it is missing: a complete import for the moment `now`.

    Raises OSError where the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in STATIC_FILES:
        shutil.copyfile(DATA / name, folder / name)
    for name in STATIC_FOLDERS:
        shutil.copytree(DATA / name, folder / name, dirs_exist_ok=True)
    (folder / "festival.toml").write_text(to_toml(_tables(now)), encoding="utf-8")


def planned_screenings(now: datetime) -> list[PlannedScreening]:
    """All that is shown or about to be, by start: a week of the grid, and a day and a night of the small hall."""
    planned = [*_from_grid(now), *_night_and_day(now)]
    return sorted(planned, key=lambda screening: (screening.starts_at, screening.key))


def _from_grid(now: datetime) -> Iterator[PlannedScreening]:
    for slot in SLOTS:
        today = now.astimezone(ZoneInfo(slot.timezone)).date()
        for days in range(-1, HORIZON.days + 2):
            day = today + timedelta(days=days)
            if day.weekday() not in slot.days:
                continue
            screening = _on(slot, day)
            if screening.ends_at > now and screening.starts_at <= now + HORIZON:
                yield screening


def _on(slot: Slot, day: date) -> PlannedScreening:
    """The screening of a slot on a day. The versions take turns from one showing of the slot to the next."""
    zone = ZoneInfo(slot.timezone)
    shown_before = day.toordinal() // 7 * len(slot.days) + slot.days.index(day.weekday())
    version = slot.versions[shown_before % len(slot.versions)] if slot.versions else None
    starts_at = datetime.combine(day, slot.at, tzinfo=zone)
    return PlannedScreening(
        slot=slot,
        key=f"{day.isoformat()}-{slot.name}-{slot.at:%H%M}",
        version=version,
        starts_at=starts_at,
        ends_at=_later(starts_at, _lasts(version) if version else timedelta(minutes=slot.minutes)),
        doors_at=_later(starts_at, -timedelta(minutes=slot.doors_minutes_before)),
        sales_open_at=datetime.combine(
            day - timedelta(days=SALES_OPEN_DAYS_BEFORE), datetime.min.time(), tzinfo=zone
        ),
        sales_close_at=starts_at,
    )


def _night_and_day(now: datetime) -> Iterator[PlannedScreening]:
    """Every three hours round the clock: from what is still running to the end of the horizon."""
    every = grid.NIGHT_AND_DAY_EVERY
    first = datetime(2024, 1, 1, tzinfo=UTC) + grid.NIGHT_AND_DAY_OFFSET
    zone = ZoneInfo(grid.KAZAKHSTAN)
    slot = Slot(
        name="day-and-night",
        hall=grid.NIGHT_AND_DAY_HALL,
        at=datetime.min.time(),
        days=grid.WEEK,
        versions=grid.NIGHT_AND_DAY_VERSIONS,
        price_list="day-and-night",
        doors_minutes_before=int(every.total_seconds()) // 60,
    )
    number = (now - first) // every
    while (starts_at := (first + number * every).astimezone(zone)) <= now + grid.NIGHT_AND_DAY_HORIZON:
        version = slot.versions[number % len(slot.versions)]
        screening = PlannedScreening(
            slot=slot,
            key=f"{starts_at:%Y-%m-%d}-{slot.name}-{starts_at:%H%M}",
            version=version,
            starts_at=starts_at,
            ends_at=starts_at + _lasts(version),
            doors_at=starts_at - every,
            sales_open_at=starts_at - grid.NIGHT_AND_DAY_SALES_OPEN,
            sales_close_at=starts_at + timedelta(minutes=grid.NIGHT_AND_DAY_SELLS_AFTER_START_MINUTES),
        )
        if screening.ends_at > now:
            yield screening
        number += 1


def _later(moment: datetime, span: timedelta) -> datetime:
    """`span` of real time later, in the same zone: a wall clock that is changed in between does not stretch it."""
    return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)


@cache
def _versions() -> Mapping[str, tuple[str, int]]:
    """The film of each version and how long it runs, by the data of the films themselves."""
    tables = [tomllib.loads((DATA / name).read_text(encoding="utf-8")) for name in STATIC_FILES]
    minutes = {film["film"]: film["running_minutes"] for table in tables for film in table.get("film", [])}
    versions = [version for table in tables for version in table.get("version", [])]
    return {version["version"]: (version["film"], minutes[version["film"]]) for version in versions}


def _lasts(version: str) -> timedelta:
    """How long a showing of a version takes, with what comes before the film."""
    return timedelta(minutes=_versions()[version][1] + BEFORE_THE_FILM_MINUTES)


def _tables(now: datetime) -> dict[str, list[dict[str, Any]]]:
    screenings = planned_screenings(now)
    return {
        "festival": _festivals(now),
        "screening": [_screening(screening) for screening in screenings],
        "allotment": [
            {
                "screening": screening.screening_id,
                "allotment": kept.allotment,
                "owner": kept.owner,
                "seats": list(kept.seats),
                "release_minutes_before": KEPT_BACK_RELEASE_MINUTES_BEFORE,
            }
            for screening in screenings
            for kept in screening.slot.kept_back
        ],
        "voucher": _vouchers(now),
    }


def _festivals(now: datetime) -> list[dict[str, Any]]:
    festivals = tomllib.loads((DATA / "festivals.toml").read_text(encoding="utf-8"))["festival"]
    for festival in festivals:
        today = now.astimezone(ZoneInfo(festival["timezone"])).date()
        festival["starts_on"] = today.isoformat()
        festival["ends_on"] = (today + HORIZON).isoformat()
    return list(festivals)


def _screening(screening: PlannedScreening) -> dict[str, Any]:
    slot = screening.slot
    shown: dict[str, Any] = (
        {"title": dict(slot.title)}
        if screening.version is None
        else {"film": _versions()[screening.version][0], "version": screening.version}
    )
    return {
        "festival": slot.festival,
        "screening": screening.key,
        "kind": slot.kind,
        **shown,
        "hall": slot.hall,
        "starts_at": screening.starts_at.isoformat(),
        "ends_at": screening.ends_at.isoformat(),
        "doors_at": screening.doors_at.isoformat(),
        "sales_open_at": screening.sales_open_at.isoformat(),
        "sales_close_at": screening.sales_close_at.isoformat(),
        "audience": slot.audience,
        "status": "published",
        "price_list": slot.price_list,
    }


def _vouchers(now: datetime) -> list[dict[str, Any]]:
    """Valid until the end of next year, so that they change once a year and not with every import."""
    vouchers = []
    for festival, voucher, percent, uses_max in (
        ("premieres", "BONJOUR20", 20, 1000),
        ("premieres", "CINECLUB", 100, 50),
        ("kazakh-week", "SALEM20", 20, 500),
    ):
        valid_until = f"{now.astimezone(UTC).year + 1}-12-31T23:59:59+00:00"
        vouchers.append(
            {
                "festival": festival,
                "voucher": voucher,
                "percent": percent,
                "uses_max": uses_max,
                "valid_until": valid_until,
            }
        )
    return vouchers


def to_toml(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Arrays of tables as TOML text. Values are texts, whole numbers, lists and tables of these.

    A JSON text is a TOML one too; inline tables take `=` where JSON has a colon.
    """
    blocks = [
        "\n".join([f"[[{name}]]", *(f"{key} = {_toml_value(value)}" for key, value in entry.items())])
        for name, entries in tables.items()
        for entry in entries
    ]
    return "\n\n".join(blocks) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)
