"""The rules of rental terms: what each distributor of a film gets, for a festival or for one screening. Pure."""

from collections.abc import Mapping
from typing import Final

from ticketing.kernel.i18n import Sentence
from ticketing.programme.importing_rules import Records
from ticketing.programme.importing_screenings import screening_id_of
from ticketing.programme.importing_tables import Row
from ticketing.programme.importing_whole import Facts, Whole
from ticketing.programme.problems import one_of

BASIS_POINTS: Final = 10_000
"""The whole of the takings."""


def check_rentals(whole: Whole, screenings: Records) -> Records:
    """Rental terms as they are stored: a rate or a flat amount, for a film of a festival or a screening of it.

    A distributor stands once for the same; the rates for the same come to the whole of the takings at most.
    """
    shown = {facts["screening_id"]: facts for facts in (*whole.existing.tables.get("screening", []), *screenings)}
    records = [_record(whole, row, shown) for row in whole.rows("rental")]
    _check_together(whole)
    return records


def _record(whole: Whole, row: Row, shown: Mapping[str, Facts]) -> Facts:
    values = row.values
    festival = whole.find(row, "festival", "festival", values["festival"])
    whole.find(row, "film", "film", values["film"])
    rate, flat, currency = (values[name] for name in ("rate_basis_points", "flat_amount", "flat_currency"))
    if (rate is None) == (flat is None):
        whole.wrong(row, "rate_basis_points", Sentence("a rate or a flat amount, one of the two"), rate)
    elif flat is None and currency is not None:
        whole.wrong(row, "flat_currency", Sentence("no currency, as a rate has none"), currency)
    if flat is not None and currency is None and festival is not None:
        currency = festival["currency"]
    return values | {"screening_id": _screening_id(whole, row, shown), "flat_currency": currency}


def _screening_id(whole: Whole, row: Row, shown: Mapping[str, Facts]) -> str | None:
    festival, key, film = (row.values[name] for name in ("festival", "screening", "film"))
    if key is None:
        return None
    screening_id = screening_id_of(festival, key)
    facts = shown.get(screening_id)
    if facts is not None and facts["film_id"] != film:
        whole.wrong(row, "screening", Sentence("a screening that shows %(film)s", film=film), key)
    elif facts is None and ("screening", (festival, key)) not in whole.file.mentioned:
        known = [one.removeprefix(f"{festival}-") for one, said in shown.items() if said["festival_id"] == festival]
        whole.wrong(row, "screening", Sentence("a screening that exists, %(rest)s", rest=one_of(known, key)), key)
    return screening_id


def _check_together(whole: Whole) -> None:
    """What only all terms for the same say together; told at the rows of the file."""
    rows = {row.key: row for row in whole.rows("rental")}
    alike: dict[tuple[str, str, str | None], list[tuple[tuple[str, ...], Facts]]] = {}
    for key, facts in whole.all("rental").items():
        alike.setdefault((facts["festival"], facts["film"], facts["screening"]), []).append((key, facts))
    for terms in alike.values():
        rates = sum(facts["rate_basis_points"] or 0 for _, facts in terms)
        by_distributor: dict[str, tuple[str, ...]] = {}
        for key, facts in terms:
            other = by_distributor.setdefault(facts["distributor"], key)
            told = rows.get(key) or rows.get(other)
            if other != key and told is not None:
                has_it = (other if told.key == key else key)[1]
                expected = Sentence("each distributor once for a film; %(rental)s has it too", rental=has_it)
                whole.wrong(told, "distributor", expected, facts["distributor"])
        last = next((rows[key] for key, _ in reversed(terms) if key in rows), None)
        if rates > BASIS_POINTS and last is not None:
            expected = Sentence(
                "rates that come to 100 percent at most; with the others they come to %(percent)s",
                percent=f"{rates / 100:g}",
            )
            whole.wrong(last, "rate_basis_points", expected, last.values["rate_basis_points"])
