"""Money, days, times and names as each language writes them. Pure: no request, no clock."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_symbol

from ticketing.kernel.i18n import translations
from ticketing.kernel.money import MINOR_UNITS_PER_UNIT, Money
from ticketing.programme.model import Version

NO_BREAK_SPACE: Final = "\u00a0"
# CLDR prints the tenge sign in Kazakh alone; tickets are paid in it in every language.
_SIGNS: Final = {"KZT": "₸"}
# Where the sign stands before the number without a space; the tenge is written behind it everywhere.
_SIGN_FIRST: Final = {"en": {"EUR", "USD", "GBP"}}

KAZAKH_ALPHABET: Final = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_KAZAKH_PLACE: Final = {letter: place for place, letter in enumerate(KAZAKH_ALPHABET)}


def money_text(money: Money, language: str) -> str:
    """An amount with its sign, for example ``2 500 ₸`` or ``€12.50``; decimals only where there are any."""
    units = Decimal(money.amount) / MINOR_UNITS_PER_UNIT
    number = number_text(units, language, decimals=0 if money.amount % MINOR_UNITS_PER_UNIT == 0 else 2)
    sign = currency_sign(money.currency, language)
    if money.currency in _SIGN_FIRST.get(language, set()):
        return f"{sign}{number}"
    return f"{number}{NO_BREAK_SPACE}{sign}"


def number_text(number: int | Decimal, language: str, *, decimals: int = 0) -> str:
    """A number with its thousands apart, for example ``14 598`` or ``14,598``."""
    pattern = "#,##0" + "." * (decimals > 0) + "0" * decimals
    written = format_decimal(number, format=pattern, locale=language)
    # Babel groups French and Russian with a narrow or an ordinary no-break space; old phones lack the narrow one.
    return written.replace("\u202f", NO_BREAK_SPACE)


def currency_sign(currency: str, language: str) -> str:
    """The sign of a currency, or its code where a language has none."""
    return _SIGNS.get(currency) or str(get_currency_symbol(currency, locale=language))


def money_pattern(currency: str, language: str) -> str:
    """How an amount is written, with ``{}`` in the place of the number: for totals that the browser adds up."""
    sign = currency_sign(currency, language)
    return f"{sign}{{}}" if currency in _SIGN_FIRST.get(language, set()) else f"{{}}{NO_BREAK_SPACE}{sign}"


def day_text(day: date, language: str) -> str:
    """A day in full, without the year: ``среда, 25 ноября``."""
    pattern = "EEEE d MMMM" if language in ("fr", "en") else "EEEE, d MMMM"
    return str(format_date(day, pattern, locale=language))


def short_day_text(day: date, language: str) -> str:
    """The weekday of a day, short: ``Wed``."""
    return str(format_date(day, "ccc", locale=language)).rstrip(".")


def date_text(day: date, language: str) -> str:
    """A date with its year: ``25 ноября 2026 г.``"""
    return str(format_date(day, "long", locale=language))


def month_text(day: date, language: str) -> str:
    """The day of the month with the month, short: ``25 Nov``."""
    return str(format_date(day, "d MMM", locale=language)).rstrip(".")


def range_text(first: date, last: date, language: str) -> str:
    """From one day to another: ``20–27 November 2026``."""
    if (first.year, first.month) == (last.year, last.month):
        end = str(format_date(last, "d MMMM y", locale=language))
        return f"{first.day}–{end}" if first != last else end
    start = str(format_date(first, "d MMMM" if first.year == last.year else "d MMMM y", locale=language))
    return f"{start} – {format_date(last, 'd MMMM y', locale=language)}"


def time_text(moment: datetime, zone: ZoneInfo) -> str:
    """The time of the day in a zone, as all four languages write it: ``19:30``."""
    return moment.astimezone(zone).strftime("%H:%M")


def moment_text(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and time in a zone."""
    local = moment.astimezone(zone)
    return f"{day_text(local.date(), language)}, {local:%H:%M}"


def offset_text(moment: datetime, zone: ZoneInfo) -> str:
    """How far a zone is from UTC at a moment: ``UTC+5``, ``UTC+5:30``."""
    offset = moment.astimezone(zone).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


@lru_cache(maxsize=256)
def language_text(code: str, language: str) -> str:
    """The name of a language: ``fr`` → ``French``, ``француз тілі``; the code itself where CLDR knows none."""
    return str(Locale.parse(language).languages.get(code, code))


@lru_cache(maxsize=256)
def country_text(code: str, language: str) -> str:
    """The name of a country by its ISO 3166 code."""
    return str(Locale.parse(language).territories.get(code, code))


def list_text(parts: Sequence[str], language: str) -> str:
    """``A, B and C`` in a language."""
    return str(format_list(list(parts), locale=language))


def version_text(version: Version, language: str) -> str:
    """What is heard: ``Original version: French``, ``Dubbed: Kazakh``."""
    words = translations(language)
    audio = language_text(version.audio, language)
    if version.kind == "dubbed":
        return words.gettext("Dubbed: %(language)s") % {"language": audio}
    if version.kind == "voice_over":
        return words.gettext("Voice-over: %(language)s") % {"language": audio}
    return words.gettext("Original version: %(language)s") % {"language": audio}


def subtitles_text(version: Version, language: str) -> str:
    """What is read: ``Subtitles: Russian, Kazakh``; empty where there are none."""
    if not version.subtitles:
        return ""
    names = ", ".join(language_text(code, language) for code in version.subtitles)
    return translations(language).gettext("Subtitles: %(languages)s") % {"languages": names}


def place_text(label: str, sections: dict[str, str], areas: dict[str, str], language: str) -> str:
    """A place for people: ``Row F, seat 11``, ``Balcony, row C, seat 4``, or the area's name.

    ``sections`` and ``areas`` give the names in the language; what they lack is named by its id.
    """
    words = translations(language)
    area, mark, _ = label.partition("#")
    if mark:
        return areas.get(area) or words.gettext("Unnumbered place")
    section, _, rest = label.rpartition("/")
    row, _, number = rest.partition("-")
    place = words.gettext("Row %(row)s, seat %(number)s") % {"row": row, "number": number}
    if not section:
        return place
    return f"{sections.get(section, section)}, {place[0].lower()}{place[1:]}"


def kazakh_sort_key(text: str) -> tuple[int, ...]:
    """The place of a text in the Kazakh alphabet, in which ә follows а, ғ follows г, қ follows к, and so on.

    Signs outside it (digits, Latin letters) come first, in the order of Unicode.
    """
    low = -0x110000
    return tuple(_KAZAKH_PLACE.get(letter, low + ord(letter)) for letter in text.casefold())


def sorted_names(names: Iterable[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """Pairs of (id, name) by name: in Kazakh by its alphabet, else without regard to case and accents."""
    if language == "kk":
        return sorted(names, key=lambda pair: kazakh_sort_key(pair[1]))
    return sorted(names, key=lambda pair: (_without_accents(pair[1]), pair[1]))


def _without_accents(text: str) -> str:
    """É stands with E; й and ё are letters of their own, ё beside е."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("й", "\ue000")).replace("\ue000", "й")
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
