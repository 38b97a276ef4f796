"""An entry as the texts of a form, and back: what was not touched comes back as it was. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from ticketing.kernel.i18n import LOCALES
from ticketing.kernel.money import MINOR_UNITS_PER_UNIT
from ticketing.programme.desk.model import EntryTable, Fields
from ticketing.web.pages.desk_fields import FIELDS, FormField
from ticketing.web.pages.desk_rules import PLAIN_NUMBER, RULES, rule_texts, rules_of

COLOURS: Final = ("primary", "accent")
PARTED: Final = frozenset({"translated", "long_translated", "colours", "rules", "amounts"})
"""Kinds of fields that have several inputs, ``name.part`` each."""
MOVED_ALONG: Final = ("ends_at", "doors_at", "sales_close_at")
AMOUNT_DIGITS_MAX: Final = 12


def inputs_of(field: FormField, places: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of a field's inputs; ``places`` are the cells of a price list (``zone:tariff``)."""
    parts: dict[str, tuple[str, ...]] = {
        "translated": LOCALES,
        "long_translated": LOCALES,
        "colours": COLOURS,
        "rules": tuple(RULES),
        "amounts": places,
    }
    if field.kind in parts:
        yield from (f"{field.name}.{part}" for part in parts[field.kind])
    else:
        yield field.name


def texts_of(table: EntryTable, fields: Mapping[str, Any], zone: ZoneInfo | None) -> dict[str, str]:
    """What the form shows of an entry, by input. Moments are told on the clock of ``zone``, the venue's."""
    texts: dict[str, str] = {}
    for field in FIELDS[table]:
        texts |= _shown(field, fields.get(field.name), zone)
    return texts


def fields_of(table: EntryTable, texts: Mapping[str, str], was: Mapping[str, Any], zone: ZoneInfo | None) -> Fields:
    """The fields that were typed. A field whose texts are those that ``was`` shows keeps its value: what a form
    can't say (a second, an hour that the clocks pass twice) is not lost by saving. Fields that the form lacks
    stay too. Times of a screening that were not touched move along with its start.
    """
    found: Fields = dict(was)
    shown = texts_of(table, was, zone) if was else {}
    for field in FIELDS[table]:
        ours = {name: text for name, text in texts.items() if _belongs(name, field)}
        theirs = {name: text for name, text in shown.items() if _belongs(name, field)}
        if not was or {n: t for n, t in ours.items() if t} != {n: t for n, t in theirs.items() if t}:
            found[field.name] = _typed(field, ours, was.get(field.name))
    if table == "screening" and found.get("version"):
        # The version says which film it is.
        found["film"] = None
    if table == "screening" and was:
        _move_along(found, was, zone)
    return found


def _move_along(found: Fields, was: Mapping[str, Any], zone: ZoneInfo | None) -> None:
    before, after = _moment(was.get("starts_at")), _moment(found.get("starts_at"), zone)
    if before is None or after is None or before == after:
        return
    for name in MOVED_ALONG:
        moment = _moment(was.get(name))
        if moment is not None and found.get(name) == was.get(name):
            try:
                found[name] = (moment + (after - before)).isoformat()
            except OverflowError:
                # Beyond the calendar: the start itself is refused.
                return


def _moment(value: Any, zone: ZoneInfo | None = None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value or ""))
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _belongs(name: str, field: FormField) -> bool:
    return name == field.name or name.startswith(f"{field.name}.")


def _shown(field: FormField, value: Any, zone: ZoneInfo | None) -> dict[str, str]:
    parts: Mapping[str, str] = {}
    text = "" if value is None else str(value)
    match field.kind:
        case "translated" | "long_translated" | "colours":
            parts = value or {}
        case "rules":
            parts = rule_texts(value or {})
        case "amounts":
            parts = {place: amount_text(amount) for place, amount in (value or {}).items()}
        case "hundredths":
            text = "" if value is None else amount_text(value)
        case "list" | "languages":
            text = "; ".join(map(str, value or ()))
        case "yes_no":
            text = "yes" if value else ""
        case "moment":
            text = _local(value, zone)
    if field.kind in PARTED:
        return {f"{field.name}.{part}": str(said) for part, said in parts.items()}
    return {field.name: text}


def _typed(field: FormField, texts: Mapping[str, str], stored: Any) -> Any:
    parts = {name.partition(".")[2]: text for name, text in texts.items() if text}
    text = texts.get(field.name, "")
    value: Any = text or None
    match field.kind:
        case "translated" | "long_translated":
            value = parts
        case "colours":
            value = {name: colour.lower() for name, colour in parts.items()}
        case "rules":
            value = rules_of(parts, stored or {})
        case "amounts":
            value = {place: amount_of(typed) for place, typed in parts.items()}
        case "list" | "languages":
            value = [part.strip() for part in text.split(";") if part.strip()]
        case "hundredths":
            value = amount_of(text) if text else None
        case "yes_no":
            value = bool(text)
        case "number":
            value = int(text) if text.isascii() and text.isdigit() and len(text) < AMOUNT_DIGITS_MAX else text
        case "colour":
            value = text.lower()
    return value


def amount_text(amount: Any) -> str:
    """Minor units as they are typed: ``3500``, ``12.50``."""
    if not isinstance(amount, int):
        return str(amount)
    units = Decimal(amount) / MINOR_UNITS_PER_UNIT
    return f"{units:.0f}" if amount % MINOR_UNITS_PER_UNIT == 0 else f"{units:.2f}"


def amount_of(text: str) -> Any:
    """Minor units of what was typed (spaces between thousands, point or comma); what is no sum, as it was typed."""
    plain = "".join(text.split()).replace(",", ".")
    if not PLAIN_NUMBER.fullmatch(plain):
        return text
    minor = Decimal(plain) * MINOR_UNITS_PER_UNIT
    return int(minor) if minor == minor.to_integral_value() else text


def _local(value: Any, zone: ZoneInfo | None) -> str:
    moment = _moment(value, zone)
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
