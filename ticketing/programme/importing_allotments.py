"""The rules of allotments: seats of the screening's layout, each kept back for one owner. Pure."""

from datetime import datetime, timedelta

from ticketing.kernel.i18n import Sentence
from ticketing.programme.importing_rules import Records
from ticketing.programme.importing_screenings import screening_id_of
from ticketing.programme.importing_tables import Row
from ticketing.programme.importing_whole import Facts, Whole
from ticketing.programme.layout import Layout
from ticketing.programme.problems import one_of


def check_allotments(whole: Whole, screenings: Records) -> tuple[Records, Records, dict[str, Row]]:
    """Allotments and their seats as they are stored, and the row of each by `screening/allotment`."""
    known = _screenings(whole, screenings)
    layouts = dict(whole.existing.layouts)
    kept: dict[tuple[str, str], Row] = {}
    records: Records = []
    seats: Records = []
    rows: dict[str, Row] = {}
    for row in whole.rows("allotment"):
        screening = _screening(whole, row, known)
        if screening is None:
            continue
        screening_id, allotment = screening["screening_id"], row.values["allotment"]
        layout = whole.layout_of_screening(screening_id, screening["hall_id"]) if "new" in screening else None
        layout = layout or layouts.get(screening["layout_id"])
        if f"{screening_id}/{allotment}" in rows:
            other = rows[f"{screening_id}/{allotment}"]
            expected = Sentence("each id once; %(file)s, row %(row)s has it too", file=other.file, row=other.number)
            whole.wrong(row, "allotment", expected, allotment)
            continue
        rows[f"{screening_id}/{allotment}"] = row
        for seat in dict.fromkeys(row.values["seats"]):
            if _is_seat(whole, row, seat, layout, kept.get((screening_id, seat))):
                kept[screening_id, seat] = row
                seats.append({"screening_id": screening_id, "allotment_id": allotment, "seat": seat})
        records.append(
            {
                "screening_id": screening_id,
                "allotment_id": allotment,
                "owner": row.values["owner"],
                "release_at": _release_at(whole, row, screening),
                "tariffs": _tariffs(whole, row, screening, layout),
            }
        )
    return records, seats, rows


def _tariffs(whole: Whole, row: Row, screening: Facts, layout: Layout | None) -> list[str]:
    """By which tariffs its seats are given: with a price at the screening, and one in each zone of its seats."""
    tariffs: list[str] = list(dict.fromkeys(row.values["tariffs"]))
    festival, price_list = screening["festival_id"], screening["price_list_id"]
    known = {key[2:] for key in whole.all("price") if key[:2] == (festival, price_list)}
    for tariff in tariffs:
        if tariff not in {other for _, other in known}:
            expected = Sentence(
                "a tariff with a price at the screening, %(known)s", known=one_of(one for _, one in known)
            )
            whole.wrong(row, "tariffs", expected, tariff)
            return []
    seats = [seat for seat in row.values["seats"] if layout and seat in layout.index_of]
    for zone in sorted({layout.zone_of[layout.index_of[seat]] for seat in seats} if layout else ()):
        if tariffs and not any((zone, tariff) in known for tariff in tariffs):
            expected = Sentence("one of them with a price in the zone %(zone)s, where it has seats", zone=zone)
            whole.wrong(row, "tariffs", expected, "; ".join(tariffs))
    return tariffs


def _screenings(whole: Whole, screenings: Records) -> dict[str, list[Facts]]:
    """Screenings by whole id and by their key within a festival, those of the file first."""
    known: dict[str, list[Facts]] = {}
    ours = {record["screening_id"] for record in screenings}
    existing = [facts for facts in whole.existing.tables.get("screening", []) if facts["screening_id"] not in ours]
    for facts in [*(record | {"new": True} for record in screenings), *existing]:
        key = facts["screening_id"].removeprefix(f"{facts['festival_id']}-")
        for name in (facts["screening_id"], key):
            known.setdefault(name, []).append(facts)
    return known


def _screening(whole: Whole, row: Row, known: dict[str, list[Facts]]) -> Facts | None:
    name = row.values["screening"]
    found = known.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        expected = Sentence(
            "a screening's whole id, as the key is not unique: %(rest)s",
            rest=one_of(facts["screening_id"] for facts in found),
        )
        whole.wrong(row, "screening", expected, name)
    elif not any(
        table == "screening" and name in (key[-1], screening_id_of(*key)) for table, key in whole.file.mentioned
    ):
        whole.wrong(row, "screening", Sentence("a screening that exists, %(rest)s", rest=one_of(known, name)), name)
    return None


def _is_seat(whole: Whole, row: Row, seat: str, layout: Layout | None, other: Row | None) -> bool:
    if layout is None:
        return False
    if seat not in layout.index_of:
        whole.wrong(
            row, "seats", Sentence("a seat of the hall, %(rest)s", rest=one_of(layout.index_of, seat)), seat
        )
        return False
    if other is not None:
        expected = Sentence(
            "each seat for one owner; %(owner)s (%(file)s, row %(row)s) has it too",
            owner=other.name,
            file=other.file,
            row=other.number,
        )
        whole.wrong(row, "seats", expected, seat)
        return False
    return True


def _release_at(whole: Whole, row: Row, screening: Facts) -> datetime | None:
    """When the seats go on sale at the latest; None keeps them until somebody releases them."""
    starts_at = screening["starts_at"]
    if isinstance(starts_at, str):
        starts_at = datetime.fromisoformat(starts_at)
    if row.values["release_at"] is not None:
        return whole.at(row, "release_at", whole.zone_of_hall(screening["hall_id"]).key)
    minutes: int | None = row.values["release_minutes_before"]
    return None if minutes is None else starts_at - timedelta(minutes=minutes)
