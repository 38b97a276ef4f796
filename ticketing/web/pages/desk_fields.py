"""The fields of the programme's forms: what each is called, what may be typed, in which order. Pure.

Names are those of the import's tables, so that a form is read by the same rules as a file.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from ticketing.kernel.errors import N_
from ticketing.programme.desk.model import EntryTable
from ticketing.programme.importing_tables import AGES

FieldKind = Literal[
    "text",
    "number",
    "translated",
    "long_translated",
    "list",
    "languages",
    "choice",
    "select",
    "date",
    "moment",
    "colour",
    "colours",
    "yes_no",
    "timezone",
    "rules",
    "amounts",
    "hundredths",
]


class FormField(msgspec.Struct, frozen=True):
    """A field. ``choices`` are values and their words; those of a ``select`` are looked up by the page."""

    name: str
    label: str
    kind: FieldKind = "text"
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    part: str = ""
    """The heading that begins here."""


SHORT_NAME: Final = N_("Short name, for addresses: a to z, 0 to 9, dash. Empty: made from the name.")
ONE_DISTRIBUTOR: Final = N_("Where a film has several, each has terms of its own.")
LIST_HINT: Final = N_("Several with ; between them")

FAMILIES: Final = (
    ("other", N_("Other: an ordinary price")),
    ("school", N_("School")),
    ("unlimited_pass", N_("Unlimited pass")),
    ("free", N_("Free")),
)
KINDS: Final = (
    ("original", N_("original version")),
    ("dubbed", N_("dubbed")),
    ("voice_over", N_("voice-over")),
)
SCREENING_KINDS: Final = (("film", N_("A film")), ("meeting", N_("A meeting, without a film of its own")))
AUDIENCES: Final = (
    ("public", N_("Everybody")),
    ("invitation", N_("By invitation: nobody helps himself")),
    ("accredited", N_("Accredited guests: their badge is asked for at the door")),
)
STATUSES: Final = (
    ("draft", N_("Draft: only the desk sees it")),
    ("published", N_("Published: announced, and sold in its time")),
)

FIELDS: Final[Mapping[EntryTable, tuple[FormField, ...]]] = {
    "festival": (
        FormField("name", N_("What it is called"), "translated", required=True),
        FormField("tagline", N_("One line about it"), "translated"),
        FormField("organisers", N_("Organisers"), "list", LIST_HINT),
        FormField("starts_on", N_("First day"), "date", required=True),
        FormField("ends_on", N_("Last day"), "date", required=True),
        FormField("country", N_("Country"), "select", required=True),
        FormField("currency", N_("Currency"), "select", required=True),
        FormField("timezone", N_("Time zone"), "timezone", required=True),
        FormField("colours", N_("Colours"), "colours"),
        FormField("rules", N_("Rules"), "rules", part=N_("Rules")),
        FormField("festival", N_("Short name"), hint=SHORT_NAME),
    ),
    "film": (
        FormField("original_title", N_("Original title"), required=True),
        FormField("title", N_("Title"), "translated", required=True),
        FormField("directors", N_("Directed by"), "list", LIST_HINT, required=True),
        FormField("year", N_("Year"), "number", required=True),
        FormField("running_minutes", N_("Length in minutes"), "number", required=True),
        FormField("age_category", N_("Age category"), "choice", choices=tuple((a, a) for a in AGES), required=True),
        FormField("countries", N_("Countries, as codes"), "list", N_("For example FR; KZ")),
        FormField("synopsis", N_("What it is about"), "long_translated"),
        FormField("certificate_number", N_("Exhibition certificate (Kazakhstan)"), part=N_("Papers")),
        FormField("visa_number", N_("Visa number of the CNC (France)")),
        FormField("distributor", N_("Distributor")),
        FormField("film", N_("Short name"), hint=SHORT_NAME),
    ),
    "version": (
        FormField("film", N_("Film"), "select", required=True),
        FormField("kind", N_("Kind"), "choice", choices=KINDS, required=True),
        FormField("audio", N_("Language that is heard"), "select", required=True),
        FormField("subtitles", N_("Subtitles"), "languages"),
        FormField("version", N_("Short name"), hint=SHORT_NAME),
    ),
    "venue": (
        FormField("name", N_("What it is called"), "translated", required=True),
        FormField("address", N_("Address"), "translated"),
        FormField("city_name", N_("City"), "translated", required=True),
        FormField("city", N_("City, short"), hint=N_("As in addresses, for example almaty"), required=True),
        FormField("country", N_("Country"), "select", required=True),
        FormField("timezone", N_("Time zone"), "timezone", required=True),
        FormField("venue", N_("Short name"), hint=SHORT_NAME),
    ),
    "hall": (
        FormField("venue", N_("Venue"), "select", required=True),
        FormField("name", N_("What it is called"), "translated", required=True),
        FormField("hall", N_("Short name"), hint=SHORT_NAME),
    ),
    "zone": (
        FormField("festival", N_("Festival"), "select", required=True),
        FormField("name", N_("What it is called"), "translated", required=True),
        FormField("colour", N_("Colour on the seat map"), "colour", required=True),
        FormField("position", N_("Place in the list"), "number"),
        FormField(
            "zone", N_("Short name"), hint=N_("As in the hall's seat map, for example stalls"), required=True
        ),
    ),
    "tariff": (
        FormField("festival", N_("Festival"), "select", required=True),
        FormField("name", N_("What it is called"), "translated", required=True),
        FormField("family", N_("Family (CNC)"), "choice", choices=FAMILIES, required=True),
        FormField("proof", N_("What is to be shown at the door"), "translated"),
        FormField("public", N_("Everybody can choose it"), "yes_no"),
        FormField("position", N_("Place in the list"), "number"),
        FormField("tariff", N_("Short name"), hint=SHORT_NAME),
    ),
    "price_list": (
        FormField("festival", N_("Festival"), "select", required=True),
        FormField("price_list", N_("Short name"), hint=N_("For example standard"), required=True),
        FormField("amounts", N_("Prices"), "amounts"),
    ),
    "screening": (
        FormField("festival", N_("Festival"), "select", required=True),
        FormField("kind", N_("What is shown"), "choice", choices=SCREENING_KINDS, required=True),
        FormField("version", N_("Film and version"), "select"),
        FormField("title", N_("Title of its own, for a meeting"), "translated"),
        FormField("hall", N_("Hall"), "select", required=True),
        FormField("starts_at", N_("Begins"), "moment", required=True, part=N_("Times, on the venue's clock")),
        FormField("ends_at", N_("Ends"), "moment", N_("Empty: after the length of the film")),
        FormField("doors_at", N_("Doors open"), "moment", N_("Empty: half an hour before")),
        FormField("status", N_("Status"), "choice", choices=STATUSES, required=True, part=N_("Sale")),
        FormField("audience", N_("For whom"), "choice", choices=AUDIENCES, required=True),
        FormField("price_list", N_("Price list"), "select", required=True),
        FormField(
            "sales_open_at", N_("On sale from"), "moment", N_("Empty: 90 days before the festival's first day")
        ),
        FormField("sales_close_at", N_("On sale until"), "moment", N_("Empty: until it begins")),
        FormField(
            "accredited_places",
            N_("Places for people with a badge"),
            "number",
            N_("Empty: as the festival's rules say. Keep as many back from sale"),
        ),
    ),
    "rental": (
        FormField("festival", N_("Festival"), "select", required=True),
        FormField("film", N_("Film"), "select", required=True),
        FormField("screening", N_("Screening"), "select", N_("Empty: every screening without terms of its own")),
        FormField("distributor", N_("Distributor"), hint=ONE_DISTRIBUTOR, required=True),
        FormField(
            "rate_basis_points",
            N_("Rental rate, percent"),
            "hundredths",
            N_("Of takings without TSA and VAT, as 47.5"),
        ),
        FormField("flat_amount", N_("or flat rate for each screening"), "hundredths"),
        FormField("flat_currency", N_("Currency of the flat rate"), "select", N_("Empty: the festival's")),
        FormField("rental", N_("Short name"), hint=SHORT_NAME),
    ),
}

TABLE_NAMES: Final[Mapping[EntryTable, str]] = {
    "festival": N_("Festival"),
    "film": N_("Film"),
    "version": N_("Version"),
    "venue": N_("Venue"),
    "hall": N_("Hall"),
    "zone": N_("Price zone"),
    "tariff": N_("Tariff"),
    "price_list": N_("Price list"),
    "screening": N_("Screening"),
    "rental": N_("Rental terms"),
}
NEW_NAMES: Final[Mapping[EntryTable, str]] = {
    "festival": N_("A new festival"),
    "film": N_("A new film"),
    "version": N_("A new version"),
    "venue": N_("A new venue"),
    "hall": N_("A new hall"),
    "zone": N_("A new price zone"),
    "tariff": N_("A new tariff"),
    "price_list": N_("A new price list"),
    "screening": N_("A new screening"),
    "rental": N_("New rental terms"),
}
