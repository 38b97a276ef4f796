"""A verdict as the door sees and hears it: one colour, one shape, one sound, few words. Pure."""

from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

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
    "not_inside": N_("Nobody is inside with this ticket"),
}


class Verdict(msgspec.Struct, frozen=True):
    """What the page shows. Texts are in the language of the door; empty ones are left out."""

    verdict: str
    look: Look
    words: str
    advice: str
    seat: str
    film: str
    details: tuple[str, ...]
    admitted: int | None
    sold: int | None
    at: str


def verdict_of(answer: ScanAnswer, language: str, now: datetime | None = None) -> Verdict:
    """An answer in words. ``now`` is told in the list of the last scans where it is given."""
    look, words = LOOKS[answer.verdict.value]
    zone = ZoneInfo(answer.timezone) if answer.timezone else ZoneInfo("UTC")
    return Verdict(
        verdict=answer.verdict.value,
        look=look,
        words=translate(words, language),
        advice=_advice(answer, zone, language),
        seat=_seat(answer, language),
        film=answer.film or "",
        details=tuple(_details(answer, zone, language)),
        admitted=answer.counts.admitted if answer.counts else None,
        sold=answer.counts.sold if answer.counts else None,
        at=time_text(now, zone) if now else "",
    )


def _advice(answer: ScanAnswer, zone: ZoneInfo, language: str) -> str:
    text = translate(ADVICE.get(answer.reason or "", "") or ADVICE.get(answer.verdict.value, ""), language)
    moment = answer.starts_at
    if answer.verdict.value == "too_early":
        moment = answer.doors_at
    gate = ""
    if answer.first is not None and answer.verdict.value == "already_admitted":
        moment, gate = answer.first.at, answer.first.gate
    facts = {
        "time": time_text(moment, zone) if moment else "",
        "gate": gate,
        "film": answer.film or "",
        "hall": ", ".join(part for part in (answer.venue, answer.hall) if part),
    }
    return text % facts if "%(" in text else text


def _seat(answer: ScanAnswer, language: str) -> str:
    words = translations(language)
    if answer.row is not None and answer.number is not None:
        place = words.gettext("Row %(row)s, seat %(number)s") % {"row": answer.row, "number": answer.number}
        return f"{answer.section}: {place}" if answer.section else place
    return words.gettext("Unnumbered place") if answer.area else (answer.seat or "")


def _details(answer: ScanAnswer, zone: ZoneInfo, language: str) -> list[str]:
    words = translations(language)
    found = []
    if answer.tariff_name:
        found.append(answer.tariff_name)
    if answer.proof:
        found.append(words.gettext("Ask for: %(proof)s") % {"proof": answer.proof})
    if answer.age_category:
        found.append(answer.age_category)
    if answer.minors_need_company:
        found.append(words.gettext("Minors only with an adult"))
    if answer.version:
        version = Version(
            "",
            "",
            answer.version.audio,
            answer.version.subtitles,
            answer.version.kind,  # type: ignore[arg-type]  # one of Version's kinds
        )
        found += [text for text in (version_text(version, language), subtitles_text(version, language)) if text]
    if answer.hall:
        start = f", {time_text(answer.starts_at, zone)}" if answer.starts_at else ""
        found.append(f"{answer.hall}{start}")
    return found
