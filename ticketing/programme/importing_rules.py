"""The rules between the rows of a programme: references, prices, vouchers, halls. Pure."""

from ticketing.kernel.i18n import Sentence
from ticketing.programme.importing_tables import Row
from ticketing.programme.importing_whole import Facts, Whole
from ticketing.programme.layout import Layout, SeatKind, wheelchair_places_required

Records = list[Facts]


def check_festivals(whole: Whole) -> Records:
    """Festivals as they are stored."""
    for row in whole.rows("festival"):
        if row.values["ends_on"] < row.values["starts_on"]:
            expected = Sentence("%(day)s or later", day=row.values["starts_on"])
            whole.wrong(row, "ends_on", expected, row.values["ends_on"])
    return [row.values for row in whole.rows("festival")]


def check_versions(whole: Whole) -> Records:
    """Versions as they are stored; each of a film that exists."""
    for row in whole.rows("version"):
        whole.find(row, "film", "film", row.values["film"])
    return [row.values for row in whole.rows("version")]


def check_halls(whole: Whole) -> Records:
    """Halls as they are stored; each in a venue that exists, with a layout of the file or the one it has.

    Too few wheelchair places are a warning.
    """
    for row in whole.rows("hall"):
        whole.find(row, "venue", "venue", row.values["venue"])
        layout = whole.file.layouts.get(row.name)
        if layout is None and row.values["file"] is None and whole.layout_id_of_hall(row.name) is None:
            expected = Sentence(
                "a hall file such as halls/main.json, or in a spreadsheet a sheet “hall %(hall)s”", hall=row.name
            )
            whole.wrong(row, "file", expected, None)
        if layout is not None and layout.seats:
            places = sum(seat.kind is SeatKind.WHEELCHAIR for seat in layout.seats)
            required = wheelchair_places_required(layout.capacity)
            if places < required:
                text = Sentence(
                    "%(places)s wheelchair places; a hall of %(size)s should have %(required)s",
                    places=places,
                    size=layout.capacity,
                    required=required,
                )
                whole.warn("few_wheelchair_places", row.name, text)
    return [row.values | {"layout_id": whole.layout_id_of_hall(row.name)} for row in whole.rows("hall")]


def check_zones_and_tariffs(whole: Whole) -> tuple[Records, Records]:
    """Price zones and tariffs as they are stored; each of a festival that exists."""
    for table in ("zone", "tariff"):
        for row in whole.rows(table):
            whole.find(row, "festival", "festival", row.values["festival"])
    return [row.values for row in whole.rows("zone")], [row.values for row in whole.rows("tariff")]


def check_prices(whole: Whole) -> Records:
    """Prices as they are stored; each for a zone and a tariff of its festival."""
    for row in whole.rows("price"):
        festival = row.values["festival"]
        if whole.find(row, "festival", "festival", festival) is not None:
            whole.find(row, "zone", "zone", festival, row.values["zone"])
            whole.find(row, "tariff", "tariff", festival, row.values["tariff"])
    return [row.values for row in whole.rows("price")]


def check_vouchers(whole: Whole) -> Records:
    """Vouchers as they are stored; times are the festival's."""
    records: Records = []
    for row in whole.rows("voucher"):
        festival = whole.find(row, "festival", "festival", row.values["festival"])
        if festival is not None:
            records.append(row.values | {"valid_until": whole.at(row, "valid_until", festival["timezone"])})
    return records


class PriceCheck:
    """Can every place of a hall be sold by a price list? Each gap is told once, however many screenings have it."""

    def __init__(self, whole: Whole) -> None:
        self._whole = whole
        self._priced = {key[:3] for key in whole.all("price")} | {
            key[:3] for table, key in whole.file.mentioned if table == "price"
        }
        self._told: set[tuple[str, str, str]] = set()

    def check(self, row: Row, festival: str, hall: str, layout: Layout | None) -> None:
        """Note zones of the layout that the festival does not know or that the price list of `row` leaves out."""
        price_list: str = row.values["price_list"]
        for zone in layout.zones() if layout else ():
            if not self._whole.has("zone", festival, zone):
                known = ", ".join(sorted(key[1] for key in self._whole.all("zone") if key[0] == festival))
                expected = Sentence(
                    "a hall with the zones of %(festival)s (%(known)s); %(hall)s has a zone %(zone)s",
                    festival=festival,
                    known=known or Sentence("none"),
                    hall=hall,
                    zone=zone,
                )
                self._tell(row, "hall", expected, hall, ("zone", festival, f"{hall}/{zone}"))
            elif (festival, price_list, zone) not in self._priced:
                expected = Sentence(
                    "a price list with at least one price for the zone %(zone)s of %(hall)s", zone=zone, hall=hall
                )
                self._tell(row, "price_list", expected, price_list, (festival, price_list, zone))

    def _tell(self, row: Row, column: str, expected: Sentence, value: str, gap: tuple[str, str, str]) -> None:
        if gap not in self._told:
            self._told.add(gap)
            self._whole.wrong(row, column, expected, value)
