"""A verdict as the door sees and hears it: one colour, one shape, one sound, few words. Pure."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from ticketing.accreditation.badges import CATEGORIES
from ticketing.door.answers import ScanAnswer
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate, translations
from ticketing.programme.model import Version
from ticketing.web.pages.formatting import subtitles_text, time_text, version_text

Look = Literal["yes", "again", "no", "out"]

# What stands in large letters, and how it looks. Every verdict has its line.
LOOKS: Final[dict[str, tuple[Look, str]]] = {
    "admitted": ("yes", N_("Let in")),
    "already_admitted": ("again", N_("Already inside")),
    "left": ("out", N_("Gone out")),
    "wrong_screening": ("no", N_("Another screening")),
    "too_early": ("again", N_("Too early")),
    "ended": ("no", N_("Over")),
    "superseded": ("no", N_("An older code")),
    "void": ("no", N_("Given back")),
    "unpaid": ("no", N_("Not paid")),
    "unknown": ("no", N_("Unknown ticket")),
    "forged": ("no", N_("Not our code")),
}
ADVICE: Final[dict[str, str]] = {
    "already_admitted": N_("First let in at %(time)s, gate %(gate)s"),
    "wrong_screening": N_("This ticket is for: %(film)s, %(hall)s, %(time)s"),
    "too_early": N_("The doors open at %(time)s"),
    "ended": N_("This screening is over"),
    "superseded": N_("There is a newer ticket for this seat: ask for it"),
    "void": N_("The ticket was given back or exchanged"),
    "unpaid": N_("To the box office: the order is not paid"),
    "unknown": N_("To the box office"),
    "forged": N_("Clean the screen and try again; else to the box office"),
    "screening_cancelled": N_("The screening is cancelled"),
    "no_show": N_("Released, as nobody had come: to the box office"),
    "not_inside": N_("Nobody is inside with this ticket"),
    "number_only": N_("This ticket was made anew: its number alone is not enough. To the box office"),
    "elsewhere": N_("This ticket is for another day or another venue"),
    "no_list": N_("This device has no list of tickets yet: it needs the network once"),
    "not_listed": N_("There is no such number on the list. To the box office"),
    "unknown_key": N_("This device does not know the key of the code. To the box office, or find a network"),
    "unchecked": N_("Not on the list, and this browser can't check the signature. To the box office"),
    "badge_superseded": N_("There is a newer badge: ask for it"),
    "revoked": N_("This badge was withdrawn: to the accreditation desk"),
    "not_entitled": N_("This badge is not good for this screening: to the accreditation desk"),
    "quota_used": N_("As many screenings as the badge is good for on this day have been entered"),
    "accredited_since": N_(
        "Accredited after the list of this device was made; the signature is right. Ask for an identity document:"
        " what the badge may enter is checked once there is a network"
    ),
    "no_places": N_(
        "All places for badges are taken. Somebody who leaves gives one back; else a ticket at the box office"
    ),
    "no_open_door": N_("No screening of this festival lets in now. Choose under “This gate” what it lets in to"),
    "choose_screening": N_("Choose under “This gate” what it lets in to, and scan the badge again"),
}
# What stands in large letters instead, where a reason says it better.
TITLES: Final[dict[str, str]] = {
    "revoked": N_("Revoked"),
    "not_entitled": N_("Not for this badge"),
    "quota_used": N_("Quota used up"),
    "no_places": N_("No places left for badges"),
    "no_open_door": N_("No doors open"),
    "choose_screening": N_("Choose the screening"),
    "screening_cancelled": N_("Cancelled"),
    "no_show": N_("Released"),
    "not_inside": N_("Not inside"),
    "no_list": N_("No list yet"),
    "not_listed": N_("Not on the list"),
    "unknown_key": N_("Unknown key"),
    "unchecked": N_("Not checked"),
}
# What the page says of itself, by the name that its script calls it.
TEXTS: Final[dict[str, str]] = {
    "seat": N_("Row %(row)s, seat %(number)s"),
    "unnumbered": N_("Unnumbered place"),
    "ask": N_("Ask for: %(proof)s"),
    "ask_photo": N_("Compare the photo on the badge with the person"),
    "ask_identity": N_("Ask for an identity document with the name on the badge"),
    "by_badge": N_(
        "Beside them, let in by badge: %(badges)s. Places left: %(badge_places_left)s of %(badge_places)s"
    ),
    "quota": N_("%(used)s of %(most)s screenings of the day"),
    "company": N_("Minors only with an adult"),
    "by_hand": N_("by hand"),
    "alone": N_("Decided by this device alone"),
    "up": N_("Connected"),
    "down": N_("No network: this device goes on alone"),
    "waiting": N_("Waiting to be sent: %(count)s"),
    "list": N_("Tickets on the list: %(count)s, %(minutes)s min old"),
    "no_list": N_("No list yet"),
    "no_list_advice": N_("Without a list of tickets this device decides nothing by itself. Find a network."),
    "no_venue": N_("Choose the venue under “This gate”: without it there is no list for when the network fails."),
    "list_old": N_("The list is %(minutes)s minutes old. What was given back since then is not known here."),
    "clock": N_(
        "The clock of this device is %(minutes)s minutes wrong. It is put right here; set it all the same."
    ),
    "unchecked": N_("This browser can't check signatures: without a network only tickets on the list get in."),
    "conflicts": N_("Let in here and elsewhere, or with a ticket no longer good: %(count)s. Call a supervisor."),
    "unreadable": N_("Scans that the house can't read: %(count)s. Call a supervisor."),
    "broken": N_("Not scanned"),
    "not_heard": N_("The house takes nothing from this device now. Call a supervisor."),
    "sign_in": N_("Sign in"),
    "no_store": N_(
        "This browser keeps nothing, as in a private window: it scans only with a network, and without the camera. "
        "Open an ordinary window."
    ),
    "retry": N_("The scan was not sent. Try again, or ask at the box office."),
    "camera_refused": N_("The camera is not allowed here: allow it in the settings of the browser."),
    "camera_busy": N_("Another app has the camera: close it, and press “Camera” again."),
    "camera_missing": N_("No camera that reads codes here. Type the code, or use a hand-held scanner."),
    "any": N_("any screening of the house"),
    "choose_venue": N_("Choose a venue"),
}
# Why the house does not hear this device, by the code of the error.
REFUSED: Final[dict[str, str]] = {
    "device_revoked": N_("This device is not enrolled any more. Ask a supervisor for a new link."),
    "unauthenticated": N_("Please sign in again"),
    "forbidden": N_("This device stands at another gate"),
}


class Verdict(msgspec.Struct, frozen=True):
    """What the page shows. Texts are in the language of the door; empty ones are left out."""

    verdict: str
    look: Look
    words: str
    advice: str
    seat: str
    film: str
    ask: tuple[str, ...]
    details: tuple[str, ...]
    admitted: int | None
    sold: int | None
    badges: str


def verdict_of(answer: ScanAnswer, language: str, now: datetime) -> Verdict:
    """An answer in words. Of a moment the day is told where it is not that of ``now``, by the venue's clock."""
    look, words = LOOKS[answer.verdict.value]
    words = TITLES.get(answer.reason or "", words)
    counts = answer.counts
    zone = ZoneInfo(answer.timezone) if answer.timezone else ZoneInfo("UTC")

    def told(moment: datetime | None) -> str:
        return _moment(moment, zone, now) if moment else ""

    return Verdict(
        verdict=answer.verdict.value,
        look=look,
        words=translate(words, language),
        advice=_advice(answer, told, language),
        seat=_seat(answer, language),
        film=answer.film or "",
        ask=tuple(_ask(answer, language)),
        details=tuple(_details(answer, told, language)),
        admitted=counts.admitted if counts else None,
        sold=counts.sold if counts else None,
        badges=_said(language)["by_badge"] % msgspec.structs.asdict(counts)
        if counts and counts.badges is not None
        else "",
    )


def _moment(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    there = moment.astimezone(zone)
    day = "" if there.date() == now.astimezone(zone).date() else f"{there:%d.%m} "
    return f"{day}{time_text(moment, zone)}"


def _advice(answer: ScanAnswer, told: Callable[[datetime | None], str], language: str) -> str:
    reason = answer.reason or ""
    if answer.verdict.value == "superseded":
        reason = "number_only" if answer.by_hand else "badge_superseded" if answer.badge else ""
    text = translate(ADVICE.get(reason, "") or ADVICE.get(answer.verdict.value, ""), language)
    moment = answer.starts_at
    if answer.verdict.value == "too_early":
        moment = answer.doors_at
    gate = ""
    if answer.first is not None and answer.verdict.value == "already_admitted":
        moment, gate = answer.first.at, answer.first.gate
    facts = {
        "time": told(moment),
        "gate": gate,
        "film": answer.film or "",
        "hall": _where(answer),
    }
    return text % facts if "%(" in text else text


def _lets_in(answer: ScanAnswer) -> bool:
    return LOOKS[answer.verdict.value][0] == "yes"


def _where(answer: ScanAnswer) -> str:
    return ", ".join(part for part in (answer.venue, answer.hall) if part)


def _seat(answer: ScanAnswer, language: str) -> str:
    words = translations(language)
    if answer.badge is not None:
        return translate(CATEGORIES[answer.badge.category][0], language)
    if answer.row is not None and answer.number is not None:
        place = words.gettext("Row %(row)s, seat %(number)s") % {"row": answer.row, "number": answer.number}
        return f"{answer.section}: {place}" if answer.section else place
    return words.gettext("Unnumbered place") if answer.area else (answer.seat or "")


def _details(answer: ScanAnswer, told: Callable[[datetime | None], str], language: str) -> list[str]:
    texts = _said(language)
    found = []
    if answer.tariff_name:
        found.append(answer.tariff_name)
    if answer.badge and answer.badge.screenings_per_day:
        facts = {"used": answer.badge.used, "most": answer.badge.screenings_per_day}
        found.append(texts["quota"] % facts)
    if answer.version:
        version = Version(
            "",
            "",
            answer.version.audio,
            answer.version.subtitles,
            answer.version.kind,  # type: ignore[arg-type]  # one of Version's kinds
        )
        found += version_words(version, language)
    if answer.hall:
        # Whoever is not let in here may have come to the wrong house.
        place = answer.hall if _lets_in(answer) else _where(answer)
        found.append(f"{place}, {told(answer.starts_at)}")
    if answer.by_hand:
        found.append(texts["by_hand"])
    return found


def _ask(answer: ScanAnswer, language: str) -> list[str]:
    texts = _said(language)
    lets_in = _lets_in(answer)
    found = []
    if answer.proof and lets_in:
        found.append(texts["ask"] % {"proof": answer.proof})
    if answer.badge and lets_in:
        found.append(texts["ask_photo" if answer.badge.photo else "ask_identity"])
    if answer.minors_need_company and lets_in:
        found.append(texts["company"])
    if answer.age_category:
        found.append(answer.age_category)
    return found


def version_words(version: Version, language: str) -> list[str]:
    """What is heard and what is read, a line each."""
    return [text for text in (version_text(version, language), subtitles_text(version, language)) if text]


@cache
def _said(language: str) -> dict[str, str]:
    return {name: translate(text, language) for name, text in TEXTS.items()}


@cache
def texts_of(language: str) -> str:
    """Everything that the page's script says, as JSON."""
    said: dict[str, object] = {**_said(language)}
    said["looks"] = {verdict: (look, translate(words, language)) for verdict, (look, words) in LOOKS.items()}
    said["titles"] = {reason: translate(words, language) for reason, words in TITLES.items()}
    said["categories"] = {category: translate(words, language) for category, (words, _) in CATEGORIES.items()}
    said["advice"] = {name: translate(text, language) for name, text in ADVICE.items()}
    said["refused"] = {name: translate(text, language) for name, text in REFUSED.items()}
    return msgspec.json.encode(said).decode()
