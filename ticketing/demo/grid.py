"""The week's grid: what is shown at what hour on which days of the week. Invented, like every programme here.

Whoever opens the demo, at whatever hour, must find the earliest screening on sale with its doors open. The
day-and-night hall sees to it: it starts every three hours, sells until a quarter of an hour after the start, and
has its doors open for the three hours before. So a regular screening may start only where its own doors are open
whenever it is the earliest: not later after such a start than its doors open before it, plus that quarter of an
hour. With doors 45 minutes before, that is within an hour of 00:30, 03:30, 06:30, 09:30 … in Kazakhstan; in Paris
the doors open 90 minutes before, since its clocks change and those of Kazakhstan do not.
"""

from collections.abc import Iterable
from datetime import time, timedelta

import msgspec

from ticketing.programme.model import Audience, ScreeningKind, Translated

WEEK = (0, 1, 2, 3, 4, 5, 6)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = WEEK

KAZAKHSTAN = "Asia/Almaty"
PARIS = "Europe/Paris"

NIGHT_AND_DAY_EVERY = timedelta(hours=3)
# Starts are counted from half past one, UTC: 06:30, 09:30 … in Kazakhstan.
NIGHT_AND_DAY_OFFSET = timedelta(hours=1, minutes=30)
NIGHT_AND_DAY_SELLS_AFTER_START_MINUTES = 15
NIGHT_AND_DAY_HORIZON = timedelta(hours=27)
NIGHT_AND_DAY_SALES_OPEN = timedelta(hours=30)
NIGHT_AND_DAY_HALL = "alatau-day-and-night"
# Short ones: the next audience is let in while the last one leaves.
NIGHT_AND_DAY_VERSIONS = (
    "le-petit-nicolas-kk",
    "vingt-dieux-vost",
    "la-plus-precieuse-des-marchandises-kk",
    "l-histoire-de-souleymane-vost",
    "le-tableau-vole-vost",
    "un-p-tit-truc-en-plus-kk",
    "en-fanfare-vost",
)


class KeptBack(msgspec.Struct, frozen=True):
    """Seats kept back for an owner, given free an hour before the start."""

    allotment: str
    owner: str
    seats: tuple[str, ...]


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the grid: on these days of the week, at this hour of the venue, one of these versions in turn."""

    name: str
    hall: str
    at: time
    days: tuple[int, ...]
    versions: tuple[str, ...] = ()
    price_list: str
    festival: str = "premieres"
    timezone: str = KAZAKHSTAN
    kind: ScreeningKind = "film"
    title: Translated = {}
    minutes: int = 0
    """How long a meeting lasts; a film lasts as long as it does."""
    audience: Audience = "public"
    doors_minutes_before: int = 45
    kept_back: tuple[KeptBack, ...] = ()


def row(name: str, numbers: Iterable[int]) -> tuple[str, ...]:
    """The labels of some seats of a row."""
    return tuple(f"{name}-{number}" for number in numbers)


EMBASSY = "Ambassade de France au Kazakhstan"
CNC = "Centre national du cinéma et de l'image animée (CNC)"
STATE_CENTRE = "Ұлттық киноны қолдау мемлекеттік орталығы"

MEETING: Translated = {
    "kk": "Кәсіби мамандар кездесуі: бірлескен өндіріс және екі елдегі прокат",
    "ru": "Встреча профессионалов: совместное производство и прокат в обеих странах",
    "fr": "Rencontre professionnelle : coproduction et distribution dans les deux pays",
    "en": "Meeting of professionals: co-production and distribution both ways",
}

SLOTS = (
    Slot(
        name="nurly-dala-gala",
        hall="nurly-dala",
        at=time(19, 0),
        days=(THURSDAY,),
        versions=("monte-cristo-kk",),
        price_list="gala",
        kept_back=(
            KeptBack("embassy", EMBASSY, row("F", range(10, 24))),
            KeptBack("cnc", CNC, row("G", range(10, 17))),
            KeptBack("state-centre", STATE_CENTRE, row("G", range(17, 24))),
        ),
    ),
    Slot(
        name="nurly-dala",
        hall="nurly-dala",
        at=time(19, 0),
        days=(FRIDAY, SATURDAY, SUNDAY),
        versions=("d-artagnan-kk", "monsieur-aznavour-vost", "monte-cristo-vost", "le-regne-animal-kk"),
        price_list="evening",
    ),
    Slot(
        name="nurly-dala-matinee",
        hall="nurly-dala",
        at=time(16, 0),
        days=(SUNDAY,),
        versions=("le-petit-nicolas-kk",),
        price_list="daytime",
    ),
    Slot(
        name="alatau",
        hall="alatau-grand",
        at=time(19, 0),
        days=(MONDAY, TUESDAY, WEDNESDAY, THURSDAY, SUNDAY),
        versions=(
            "anatomie-d-une-chute-vost",
            "monsieur-aznavour-vost",
            "en-fanfare-kk",
            "l-histoire-de-souleymane-vost",
            "monte-cristo-vost",
            "saint-omer-vost-ru",
            "le-regne-animal-kk",
            "d-artagnan-vost",
        ),
        price_list="evening",
    ),
    Slot(
        name="alatau-guests",
        hall="alatau-grand",
        at=time(19, 0),
        days=(FRIDAY, SATURDAY),
        versions=("monte-cristo-kk", "le-regne-animal-vost", "en-fanfare-vost"),
        price_list="evening",
        kept_back=(
            KeptBack("embassy", EMBASSY, row("J", range(11, 16))),
            KeptBack("state-centre", STATE_CENTRE, row("K", range(11, 16))),
        ),
    ),
    Slot(
        name="alatau-matinee",
        hall="alatau-grand",
        at=time(16, 0),
        days=(WEDNESDAY, SATURDAY, SUNDAY),
        versions=("un-p-tit-truc-en-plus-kk", "d-artagnan-kk", "le-petit-nicolas-vost", "le-regne-animal-vost"),
        price_list="daytime",
    ),
    Slot(
        name="esil",
        hall="esil",
        at=time(19, 0),
        days=WEEK,
        versions=(
            "la-nuit-du-12-vost",
            "le-tableau-vole-vost",
            "quand-vient-l-automne-vost",
            "l-innocent-vost-ru",
            "le-proces-goldman-vost-ru",
            "le-roman-de-jim-vost",
            "vingt-dieux-vost",
            "anatomie-d-une-chute-vost",
        ),
        price_list="evening",
    ),
    Slot(
        name="esil-family",
        hall="esil",
        at=time(13, 0),
        days=(SATURDAY, SUNDAY),
        versions=("le-petit-nicolas-kk", "un-p-tit-truc-en-plus-kk", "la-plus-precieuse-des-marchandises-vost"),
        price_list="daytime",
    ),
    Slot(
        name="esil-school",
        hall="esil",
        at=time(10, 0),
        days=(WEDNESDAY,),
        versions=("la-plus-precieuse-des-marchandises-kk",),
        price_list="daytime",
    ),
    Slot(
        name="tulpar",
        hall="tulpar",
        at=time(19, 0),
        days=WEEK,
        versions=(
            "le-regne-animal-kk",
            "l-histoire-de-souleymane-vost",
            "un-p-tit-truc-en-plus-vost",
            "quand-vient-l-automne-voice-over",
            "en-fanfare-kk",
            "le-roman-de-jim-vost",
            "d-artagnan-kk",
            "le-tableau-vole-vost",
        ),
        price_list="evening",
    ),
    Slot(
        name="tulpar-free",
        hall="tulpar",
        at=time(16, 0),
        days=(SATURDAY,),
        versions=("le-petit-nicolas-vost",),
        price_list="free",
    ),
    Slot(
        name="meeting",
        hall="alatau-salon",
        at=time(10, 0),
        days=(THURSDAY,),
        price_list="meeting",
        kind="meeting",
        title=MEETING,
        minutes=150,
        audience="accredited",
    ),
    Slot(
        name="cheval-bleu",
        hall="cheval-bleu",
        at=time(19, 0),
        days=(WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY),
        versions=(
            "bauryna-salu-vost-fr",
            "aqyn-vost-fr",
            "tulpan-vost-fr",
            "sary-mysyq-vost-fr",
            "laskovoe-bezrazlichie-mira-vost-fr",
            "aslannyn-sabaqtary-vost-fr",
        ),
        price_list="paris",
        festival="kazakh-week",
        timezone=PARIS,
        doors_minutes_before=90,
        kept_back=(KeptBack("state-centre", STATE_CENTRE, row("F", range(5, 9))),),
    ),
    Slot(
        name="cheval-bleu-matinee",
        hall="cheval-bleu",
        at=time(16, 0),
        days=(SATURDAY, SUNDAY),
        versions=("tulpan-vost-fr", "bauryna-salu-vost-fr"),
        price_list="paris",
        festival="kazakh-week",
        timezone=PARIS,
        doors_minutes_before=90,
    ),
)
