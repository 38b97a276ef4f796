"""Two who change one accreditation: what the other one has changed beside what was typed. Nothing is lost."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ticketing.accreditation.model import AccreditationTerms, said_by
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate
from ticketing.programme.desk.model import version_of
from ticketing.web.pages.forms import Form
from ticketing.web.pages.languages import NAMES

WAS_SIGNS_MAX: Final = 40_000
NOTHING_READ: Final = "-"
LABELS: Final = {
    "name": N_("Name"),
    "organisation": N_("Organisation"),
    "email": N_("Mail address; none: nothing is sent"),
    "locale": N_("Language of their mail and badge"),
    "category": N_("Category"),
    "screenings_per_day": N_("Screenings a day; empty: as many as they like"),
    "first_day": N_("From day"),
    "last_day": N_("To day"),
    "all_screenings": N_("All screenings"),
    "all_meetings": N_("All meetings"),
    "cities": N_("In these cities alone"),
    "venues": N_("At these venues alone"),
    "screenings": N_("Besides, by name"),
}


class Theirs(msgspec.Struct, frozen=True):
    """A field that somebody else has changed: what it says now, and what was typed where that is something else."""

    label: str
    says: str
    typed: str | None


def written_was(terms: AccreditationTerms) -> str:
    """What a form was made from, to lie in it."""
    return msgspec.json.encode(said_by(terms)).decode()


def version_typed(form: Form) -> str:
    """The version that the form was made from; one that there is not where that can't be read, and then nothing is
    overwritten.
    """
    was = _was(form)
    return version_of(was) if was else NOTHING_READ


def both_of(
    form: Form, typed: Mapping[str, Any], stands: AccreditationTerms, words: Mapping[str, str], language: str
) -> tuple[dict[str, Any], list[Theirs]]:
    """What the form shows next, and what they have changed: what was not touched says their words, what both have
    changed stays as it was typed. ``words`` names the categories.
    """
    was, theirs, merged, changed = _was(form), said_by(stands), dict(typed), []
    for name, label in LABELS.items():
        before, now, mine = (_plain(said.get(name)) for said in (was, theirs, typed))
        if before == now:
            continue
        if mine == before:
            merged[name] = theirs[name] or ""
        overwrites = mine not in (before, now)
        told = [_told(name, one, words, language) for one in (now, mine)]
        changed.append(Theirs(translate(label, language), told[0], told[1] if overwrites else None))
    return merged, changed


def _was(form: Form) -> dict[str, Any]:
    try:
        return msgspec.json.decode(form.raw("was", WAS_SIGNS_MAX), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return {}


def _plain(value: Any) -> str | list[str] | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (list, tuple)):
        return sorted({str(one) for one in value})
    return "" if value is None else str(value).strip()


def _told(name: str, value: str | list[str] | bool, words: Mapping[str, str], language: str) -> str:
    if isinstance(value, bool):
        return translate(N_("yes") if value else N_("no"), language)
    if isinstance(value, list):
        return ", ".join(value)
    return {"category": words, "locale": NAMES}.get(name, {}).get(value, value)
