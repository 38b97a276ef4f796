"""What the rules of the programme expected, in the reader's language.

The rules are the import's: they speak English, to whoever reads a log or a terminal. The desk knows their sentences
and says them in four languages; one that it does not know is shown as it is. A test walks the forms' mistakes and
fails on a sentence that is missing here.
"""

import re
from functools import cache
from typing import Final

from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate

# The first that fits counts. `rest` is a sentence again.
SENTENCES: Final = (
    N_("a value"),
    N_("in %(language)s: %(rest)s"),
    N_("a text of 1 to %(most)s signs"),
    N_("a text without control signs"),
    N_("an id of lower case letters, digits and hyphens, at most 63 signs"),
    N_("a zone of lower case letters, digits and hyphens, at most 40 signs"),
    N_("a colour such as #c8102e, in lower case"),
    N_("a text by language, such as { kk = …, ru = …, fr = …, en = … }"),
    N_("a language, %(rest)s"),
    N_("a whole number from %(least)s to %(most)s"),
    N_("a list of at most %(most)s entries"),
    N_("a date such as 2024-10-21"),
    N_("a date and time such as 2024-10-21T19:00"),
    N_("a date between %(first)s and %(last)s"),
    N_("an IANA time zone such as Asia/Almaty, %(rest)s"),
    N_("rules that hold together (%(why)s)"),
    N_("a known field, %(rest)s"),
    N_("a currency code such as KZT"),
    N_("a country code such as KZ"),
    N_("a language code such as kk"),
    N_("values that keep the rule %(rule)s"),
    N_("%(day)s or later"),
    N_("a %(table)s of %(festival)s that exists, %(rest)s"),
    N_("a %(table)s that exists, %(rest)s"),
    N_("a time with its offset: clocks in %(zone)s are changed in this hour"),
    N_("an end after the start at %(moment)s"),
    N_("at least the %(minutes)s minutes of the film"),
    N_("doors before the end at %(moment)s"),
    N_("sales that open before they close at %(moment)s"),
    N_("%(hall)s to be free; %(screening)s (in the database) is there from %(start)s to %(end)s"),
    N_("the end, as there is no film to tell the length"),
    N_("a title, as a meeting has no film to be named after"),
    N_('the version that is shown, or kind = "meeting" and a title'),
    N_("a version of %(film)s, %(rest)s"),
    N_("a hall with the zones of %(festival)s (%(known)s); %(hall)s has a zone %(zone)s"),
    N_("a price list with at least one price for the zone %(zone)s of %(hall)s"),
    N_("a key that makes %(key)s at most %(most)s signs"),
    N_("%(was)s, in which tickets have been sold"),
    N_("%(was)s, under which it was sold and is declared"),
    N_("%(was)s, where it has screenings"),
    N_("%(was)s, in which its halls have their times"),
    N_("%(was)s, of which it is shown"),
    N_("%(was)s, for which tickets have been sold"),
    N_("%(was)s, where seats have been sold; they are moved seat by seat"),
    N_("%(was)s, as tickets have been sold; cancel it instead"),
    N_("%(was)s, where seats are kept back; release them first"),
    N_("draft or published; cancelling has a page of its own"),
    N_("a start that is still to come"),
    N_("at least one price"),
    N_("the hall's seat map: a file in one of the four formats"),
    N_("a picture: JPEG, PNG or WebP"),
    N_("a picture that is whole; this one is damaged"),
    N_("a picture of at least %(width)s by %(height)s pixels"),
    N_("a picture of at most %(most)s pixels"),
    N_("a picture of at most %(most)s bytes"),
    # Those of workbooks.
    N_("an .xlsx workbook (%(why)s)"),
    N_("a workbook of at most %(most)s bytes unpacked"),
    N_("a sheet that can be read (%(why)s)"),
    N_("a sheet named after a table, %(rest)s; or “hall …”, or _notes"),
    N_("at least one table, %(rest)s"),
    N_("each column once"),
    N_("a column name above the value"),
    N_("at most %(most)s entries"),
    N_("each id once; %(file)s, row %(row)s has it too"),
    N_("a hall file such as halls/main.json, or in a spreadsheet a sheet “hall %(hall)s”"),
    N_("a file beneath the programme's folder that is there"),
    N_("rows that keep the rule %(rule)s"),
    N_("no change, as it is cancelled"),
    N_("cancelled, which can't be undone"),
    N_("%(hall)s to be free; %(screening)s (%(file)s, row %(row)s) is there from %(start)s to %(end)s"),
    N_("true or false"),
    N_("3 to 40 capital letters, digits and hyphens"),
    N_("a screening that exists, %(rest)s"),
    N_("a seat of the hall, %(rest)s"),
    N_("each seat for one owner; %(owner)s (%(file)s, row %(row)s) has it too"),
    N_("seats that are not sold"),
    N_("the seat map under which tickets have been sold; this one is another"),
    # What is no mistake but should be known.
    N_("neither Kazakh sound nor Kazakh subtitles (Law on Cinematography, art. 9)"),
    N_("shown in Kazakhstan without an exhibition certificate number"),
    N_("ends at %(time)s, after 22:00: unaccompanied minors may be refused"),
    N_("%(places)s wheelchair places; a hall of %(size)s should have %(required)s"),
    N_("an entry that exists; there is none yet"),
    N_("%(nearest)s perhaps; one of %(choices)s"),
    N_("one of %(choices)s"),
)


def expectation(text: str, language: str) -> str:
    """What was expected, told in a language."""
    for sentence in SENTENCES:
        found = _pattern(sentence).fullmatch(text)
        if found:
            parts = found.groupdict()
            if "rest" in parts:
                parts["rest"] = expectation(parts["rest"], language)
            words = translate(sentence, language)
            return words % parts if parts else words
    return text


def is_known(text: str) -> bool:
    """Is there a sentence for it?"""
    return any(_pattern(sentence).fullmatch(text) for sentence in SENTENCES)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """The sentence with anything in its places; the shortest that makes the whole fit."""
    parts = re.split(r"%\((\w+)\)s", sentence)
    fixed, names = parts[::2], parts[1::2]
    places = [f"(?P<{name}>.+?)" for name in names] + [""]
    return re.compile(
        "".join(re.escape(text) + place for text, place in zip(fixed, places, strict=True)), re.DOTALL
    )
