"""What a field of the programme may hold: one small reader a kind of value.

A reader takes what stood in the file (text, number, date, list, table) and answers the value as it goes into the
database, or raises `Unfit` with what was expected.
"""

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import msgspec
from babel import Locale
from babel.numbers import list_currencies

from ticketing.kernel.i18n import Sentence
from ticketing.programme.festival_rules import FestivalRules
from ticketing.programme.problems import has_control_signs, one_of

LANGUAGES = ("kk", "ru", "fr", "en")
TEXT_MAX = 300
LONG_TEXT_MAX = 5000
LIST_MAX = 20_000
YEAR_MIN, YEAR_MAX = 2000, 2200

Read = Callable[[Any], Any]


class Unfit(Exception):
    """A value that can't be taken, and what was expected."""

    def __init__(self, expected: Sentence) -> None:
        super().__init__(expected)
        self.expected = expected


def text(value: Any, length_max: int = TEXT_MAX) -> str:
    """A text on its own; a number is taken as text, since spreadsheets make numbers of visa numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > length_max:
        raise Unfit(Sentence("a text of 1 to %(most)s signs", most=length_max))
    if has_control_signs(value):
        raise Unfit(Sentence("a text without control signs"))
    return value.strip()


def matching(pattern: str, expected: Sentence) -> Read:
    """A text that matches as a whole."""
    compiled = re.compile(pattern)

    def read(value: Any) -> str:
        found = text(value)
        if not compiled.fullmatch(found):
            raise Unfit(expected)
        return found

    return read


slug = matching(
    r"[a-z0-9][a-z0-9-]{0,62}", Sentence("an id of lower case letters, digits and hyphens, at most 63 signs")
)
zone_id = matching(
    r"[a-z0-9][a-z0-9-]{0,39}", Sentence("a zone of lower case letters, digits and hyphens, at most 40 signs")
)
colour = matching(r"#[0-9a-f]{6}", Sentence("a colour such as #c8102e, in lower case"))
voucher_code = matching(r"[A-Z0-9-]{3,40}", Sentence("3 to 40 capital letters, digits and hyphens"))


def translated(value: Any, length_max: int = TEXT_MAX) -> dict[str, str]:
    """A text in one or more of our languages."""
    if not isinstance(value, dict) or not value:
        raise Unfit(Sentence("a text by language, such as { kk = …, ru = …, fr = …, en = … }"))
    for language, words in value.items():
        if language not in LANGUAGES:
            raise Unfit(Sentence("a language, %(rest)s", rest=one_of(LANGUAGES, language)))
        try:
            text(words, length_max)
        except Unfit as unfit:
            raise Unfit(Sentence("in %(language)s: %(rest)s", language=language, rest=unfit.expected)) from unfit
    return {language: text(value[language], length_max) for language in LANGUAGES if language in value}


def long_translated(value: Any) -> dict[str, str]:
    """A longer text in one or more of our languages, such as a synopsis."""
    return translated(value, LONG_TEXT_MAX)


def whole_number(least: int, most: int) -> Read:
    """A whole number from `least` to `most`."""

    def read(value: Any) -> int:
        if isinstance(value, float) and math.isfinite(value) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Unfit(Sentence("a whole number from %(least)s to %(most)s", least=least, most=most))
        return value

    return read


def basis_points(value: Any) -> int:
    """A share in hundredths of a percent: 4750 is 47.5 percent."""
    try:
        return int(whole_number(0, 10_000)(value))
    except Unfit:
        expected = Sentence("a rate from 0 to 100 percent, in hundredths of a percent: 4750 is 47.5 percent")
        raise Unfit(expected) from None


def choice(choices: Iterable[str]) -> Read:
    """One of `choices`; what comes near is offered."""
    known = tuple(choices)

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise Unfit(one_of(known, str(value)[:80]))
        return value

    return read


def yes_or_no(value: Any) -> bool:
    """true or false; in a spreadsheet also yes and no."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("yes", "true", "no", "false"):
        return value.strip().lower() in ("yes", "true")
    raise Unfit(Sentence("true or false"))


def list_of(read_entry: Read, *, length_max: int = LIST_MAX) -> Read:
    """A list, or a text with `;` between the entries."""

    def read(value: Any) -> list[Any]:
        if isinstance(value, str | int) and not isinstance(value, bool):
            value = [part.strip() for part in str(value).split(";") if part.strip()]
        if not isinstance(value, list) or len(value) > length_max:
            raise Unfit(Sentence("a list of at most %(most)s entries", most=length_max))
        return [read_entry(entry) for entry in value]

    return read


def day(value: Any) -> str:
    """A date, answered as ISO 8601."""
    try:
        found = value if isinstance(value, date) else date.fromisoformat(text(value))
    except (ValueError, Unfit):
        raise Unfit(Sentence("a date such as 2024-10-21")) from None
    _check_year(found)
    return (found.date() if isinstance(found, datetime) else found).isoformat()


def moment(value: Any) -> datetime:
    """A date with a time; without an offset where the file gives none, to be read in the venue's zone."""
    found = value
    if isinstance(value, str) and len(value.strip()) > len("2024-10-21"):
        try:
            found = datetime.fromisoformat(text(value))
        except (ValueError, Unfit):
            found = None
    if not isinstance(found, datetime):
        raise Unfit(Sentence("a date and time such as 2024-10-21T19:00"))
    _check_year(found)
    return found.replace(microsecond=0)


def _check_year(found: date) -> None:
    """At the ends of the calendar, adding an hour or a zone would fall off it."""
    if not YEAR_MIN <= found.year <= YEAR_MAX:
        raise Unfit(Sentence("a date between %(first)s and %(last)s", first=YEAR_MIN, last=YEAR_MAX))


def timezone(value: Any) -> str:
    """The IANA name of a time zone."""
    name = text(value)
    if name not in _zones():
        raise Unfit(Sentence("an IANA time zone such as Asia/Almaty, %(rest)s", rest=one_of(_zones(), name)))
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _known(kind: str) -> frozenset[str]:
    if kind == "currency":
        return frozenset(list_currencies())
    english = Locale("en")
    if kind == "country":
        return frozenset(code for code in map(str, english.territories) if re.fullmatch("[A-Z]{2}", code))
    return frozenset(code for code in map(str, english.languages) if re.fullmatch("[a-z]{2,3}", code))


def _code(kind: str, expected: Sentence) -> Read:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in _known(kind):
            raise Unfit(expected)
        return value

    return read


currency = _code("currency", Sentence("a currency code such as KZT"))
country = _code("country", Sentence("a country code such as KZ"))
language = _code("language", Sentence("a language code such as kk"))


def colours(value: Any) -> dict[str, str]:
    """The two colours of a festival."""
    if not isinstance(value, dict):
        raise Unfit(Sentence('colours such as { primary = "#0b3d91", accent = "#c8102e" }'))
    for name in value:
        if name not in ("primary", "accent"):
            raise Unfit(Sentence("a colour's name, %(rest)s", rest=one_of(("primary", "accent"), name)))
    return {name: colour(value[name]) for name in value}


def rules(value: Any) -> dict[str, Any]:
    """The rules of a festival, see `programme.festival_rules.FestivalRules`; only what differs from the default."""
    if not isinstance(value, dict):
        raise Unfit(Sentence("rules such as { hold_ttl_s = 600 }"))
    known = {field.name: field for field in msgspec.structs.fields(FestivalRules)}
    for name in value:
        if name not in known:
            raise Unfit(Sentence("a rule, %(rest)s", rest=one_of(known, name)))
    plain = {
        name: int(rule) if isinstance(rule, float) and rule.is_integer() else rule for name, rule in value.items()
    }
    try:
        msgspec.convert(plain, FestivalRules)
    except (msgspec.ValidationError, ValueError) as error:
        raise Unfit(Sentence("rules that hold together (%(why)s)", why=error)) from error
    return plain


def zone_names(value: Any) -> dict[str, str]:
    """Zones of a hall's file by the names they have there: a table, or `Parkett=standard;Loge=premium`."""
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(";") if "=" in part)
    if not isinstance(value, dict):
        raise Unfit(Sentence('zones such as { parkett = "standard" }'))
    return {text(name).strip(): zone_id(zone) for name, zone in value.items()}
