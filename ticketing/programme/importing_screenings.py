"""The rules of screenings: what is shown, when, where; is the hall free, has every seat a price? Pure."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.importing_rules import PriceCheck, Records
from ticketing.programme.importing_tables import Row
from ticketing.programme.importing_whole import Facts, Whole
from ticketing.programme.layout import layout_id
from ticketing.programme.problems import one_of

SCREENING_ID_MAX = 63
SALES_LEAD_DAYS = 90
"""Sales open so many days before the festival where the file does not say when."""
MINORS_HOME_BY = time(22, 0)
"""Unaccompanied minors may be refused when the show ends later (Kazakhstan)."""


class Slot(msgspec.Struct):
    """A published screening's time in a hall; `row` is None when it comes from the database."""

    screening_id: str
    starts_at: datetime
    ends_at: datetime
    row: Row | None


def screening_id_of(festival: str, key: str) -> str:
    """The id of a screening: the festival's and its key in it."""
    return f"{festival}-{key}"


def check_screenings(whole: Whole) -> Records:
    """Screenings as they are stored. Those that can't be made are left out, their problems noted."""
    prices = PriceCheck(whole)
    records = [(row, record) for row in whole.rows("screening") if (record := _record(whole, row, prices))]
    _check_halls_free(whole, records)
    told: set[str] = set()
    for row, record in records:
        _warn(whole, row, record, told)
    return [record for _, record in records]


def _record(whole: Whole, row: Row, prices: PriceCheck) -> Facts | None:
    values = row.values
    before = whole.problems.count
    festival = whole.find(row, "festival", "festival", values["festival"])
    hall = whole.find(row, "hall", "hall", values["hall"])
    venue = whole.all("venue").get((hall["venue"],)) if hall else None
    screening_id = screening_id_of(values["festival"], values["screening"])
    if len(screening_id) > SCREENING_ID_MAX:
        key = f"{values['festival']}-…"
        expected = Sentence("a key that makes %(key)s at most %(most)s signs", key=key, most=SCREENING_ID_MAX)
        whole.wrong(row, "screening", expected, screening_id)
    film = _film(whole, row)
    layout = whole.layout_of_screening(screening_id, values["hall"])
    if festival is not None and hall is not None:
        prices.check(row, values["festival"], values["hall"], layout)
    if festival is None or venue is None:
        return None
    times = _times(whole, row, film, festival, venue["timezone"])
    if times is None or layout is None or whole.problems.count > before:
        return None
    return times | {
        "screening_id": screening_id,
        "festival_id": values["festival"],
        "kind": _kind(row),
        "film_id": film["film"] if film else None,
        "version_id": values["version"],
        "title": values["title"],
        "hall_id": values["hall"],
        "layout_id": layout_id(layout),
        "audience": values["audience"],
        "status": values["status"],
        "currency": festival["currency"],
        "price_list_id": values["price_list"],
        "accredited_places": values["accredited_places"],
    }


def _kind(row: Row) -> str:
    shows_film = row.values["film"] or row.values["version"] or not row.values["title"]
    return str(row.values["kind"] or ("film" if shows_film else "meeting"))


def _film(whole: Whole, row: Row) -> Facts | None:
    """The film that is shown: the one named, or the one of the version. A version of another film is a problem."""
    values = row.values
    version = whole.find(row, "version", "version", values["version"]) if values["version"] else None
    film_id = values["film"] or (version["film"] if version else None)
    film = whole.find(row, "film", "film", film_id) if film_id else None
    if version is not None and values["film"] and version["film"] != values["film"]:
        versions = [key[0] for key, facts in whole.all("version").items() if facts["film"] == values["film"]]
        expected = Sentence("a version of %(film)s, %(rest)s", film=values["film"], rest=one_of(versions))
        whole.wrong(row, "version", expected, f"{values['version']}, of {version['film']}")
    if _kind(row) == "meeting":
        if not values["title"]:
            whole.wrong(row, "title", Sentence("a title, as a meeting has no film to be named after"), None)
    elif not values["version"]:
        expected = Sentence('the version that is shown, or kind = "meeting" and a title')
        whole.wrong(row, "version", expected, None)
    return film


def _times(whole: Whole, row: Row, film: Facts | None, festival: Facts, zone: str) -> Facts | None:
    """The times of a screening, those left out filled in; None where one is wrong."""
    before = whole.problems.count
    values = row.values
    starts_at = whole.at(row, "starts_at", zone)
    ends_at = whole.at(row, "ends_at", zone)
    if starts_at is None:
        return None
    running = timedelta(minutes=film["running_minutes"]) if film else None
    if ends_at is None and running is not None:
        ends_at = starts_at + running
    if ends_at is None:
        if values["version"] is None or _kind(row) == "meeting":
            whole.wrong(row, "ends_at", Sentence("the end, as there is no film to tell the length"), None)
        return None
    opening = datetime.fromisoformat(festival["starts_on"]).replace(tzinfo=ZoneInfo(festival["timezone"]))
    times = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "doors_at": whole.at(row, "doors_at", zone)
        or starts_at - timedelta(minutes=values["doors_minutes_before"]),
        "sales_open_at": whole.at(row, "sales_open_at", zone)
        or opening.astimezone(UTC) - timedelta(days=SALES_LEAD_DAYS),
        "sales_close_at": whole.at(row, "sales_close_at", zone)
        or starts_at + timedelta(minutes=values["sales_close_minutes_after_start"]),
    }
    _check_order(whole, row, times, running, ZoneInfo(zone))
    return times if whole.problems.count == before else None


def _check_order(
    whole: Whole, row: Row, times: dict[str, datetime], running: timedelta | None, zone: ZoneInfo
) -> None:
    shown = {name: moment.astimezone(zone).isoformat() for name, moment in times.items()}
    length = times["ends_at"] - times["starts_at"]
    if length <= timedelta(0):
        expected = Sentence("an end after the start at %(moment)s", moment=shown["starts_at"])
        whole.wrong(row, "ends_at", expected, shown["ends_at"])
    elif running is not None and length < running:
        expected = Sentence("at least the %(minutes)s minutes of the film", minutes=_minutes(running))
        whole.wrong(row, "ends_at", expected, Sentence("%(minutes)s minutes", minutes=_minutes(length)))
    if times["doors_at"] >= times["ends_at"]:
        expected = Sentence("doors before the end at %(moment)s", moment=shown["ends_at"])
        whole.wrong(row, "doors_at", expected, shown["doors_at"])
    if times["sales_open_at"] >= times["sales_close_at"]:
        expected = Sentence("sales that open before they close at %(moment)s", moment=shown["sales_close_at"])
        whole.wrong(row, "sales_open_at", expected, shown["sales_open_at"])


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _check_halls_free(whole: Whole, records: list[tuple[Row, Facts]]) -> None:
    """Two published screenings never overlap in one hall; a problem names both rows.

    A draft may, and is warned of the published one, of whatever festival: published so, it would be refused.
    """
    slots: dict[str, list[Slot]] = defaultdict(list)
    ours = {record["screening_id"] for _, record in records}
    for facts in whole.existing.tables.get("screening", []):
        if facts["status"] == "published" and facts["screening_id"] not in ours:
            starts_at, ends_at = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
            slots[facts["hall_id"]].append(Slot(facts["screening_id"], starts_at, ends_at, None))
    for row, record in records:
        if record["status"] == "published":
            slot = Slot(record["screening_id"], record["starts_at"], record["ends_at"], row)
            slots[record["hall_id"]].append(slot)
    for hall, taken in slots.items():
        taken.sort(key=lambda slot: (slot.starts_at, slot.screening_id))
        latest = taken[0]
        for slot in taken[1:]:
            if slot.starts_at < latest.ends_at:
                _tell_overlap(whole, hall, latest, slot)
            if slot.ends_at > latest.ends_at:
                latest = slot
    for _, record in records:
        for slot in slots.get(record["hall_id"], ()):
            overlaps = slot.starts_at < record["ends_at"] and record["starts_at"] < slot.ends_at
            if record["status"] == "draft" and overlaps:
                _warn_of_overlap(whole, record, slot)


def _tell_overlap(whole: Whole, hall: str, earlier: Slot, later: Slot) -> None:
    told, other = (later, earlier) if later.row is not None else (earlier, later)
    if told.row is None:
        return
    place = (
        Sentence("%(file)s, row %(row)s", file=other.row.file, row=other.row.number)
        if other.row is not None
        else Sentence("in the database")
    )
    zone = whole.zone_of_hall(hall)
    expected = Sentence(
        "%(hall)s to be free; %(screening)s (%(place)s) is there from %(start)s to %(end)s",
        hall=hall,
        screening=other.screening_id,
        place=place,
        start=other.starts_at.astimezone(zone).isoformat(),
        end=other.ends_at.astimezone(zone).isoformat(),
    )
    whole.wrong(told.row, "starts_at", expected, told.starts_at.astimezone(zone).isoformat())


def _warn_of_overlap(whole: Whole, draft: Facts, taken: Slot) -> None:
    zone = whole.zone_of_hall(draft["hall_id"])
    text = Sentence(
        "%(hall)s is taken from %(start)s to %(end)s by %(screening)s: this draft can't be published so",
        hall=draft["hall_id"],
        screening=taken.screening_id,
        start=taken.starts_at.astimezone(zone).isoformat(),
        end=taken.ends_at.astimezone(zone).isoformat(),
    )
    whole.warn("overlaps", draft["screening_id"], text)


def _warn(whole: Whole, row: Row, record: Facts, told: set[str]) -> None:
    """What Kazakh law asks; each film's missing certificate is told once."""
    venue = whole.all("venue")[whole.all("hall")[record["hall_id"],]["venue"],]
    if venue["country"] != "KZ" or record["status"] != "published":
        return
    version = whole.all("version").get((record["version_id"],)) if record["version_id"] else None
    film = whole.all("film").get((record["film_id"],)) if record["film_id"] else None
    if version is not None and version["audio"] != "kk" and "kk" not in version["subtitles"]:
        text = Sentence("neither Kazakh sound nor Kazakh subtitles (Law on Cinematography, art. 9)")
        whole.warn("no_kazakh", record["screening_id"], text)
    if film is not None and not film.get("certificate_number") and film["film"] not in told:
        told.add(film["film"])
        text = Sentence("shown in Kazakhstan without an exhibition certificate number")
        whole.warn("no_certificate", film["film"], text)
    zone = ZoneInfo(venue["timezone"])
    starts, ends = record["starts_at"].astimezone(zone), record["ends_at"].astimezone(zone)
    if ends.date() > starts.date() or ends.time() > MINORS_HOME_BY:
        text = Sentence(
            "ends at %(time)s, after 22:00: unaccompanied minors may be refused", time=ends.strftime("%H:%M")
        )
        whole.warn("ends_late", record["screening_id"], text)
