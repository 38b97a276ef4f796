"""What may no longer be changed once something rests on an entry. Pure; the import's own rules come beside them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from ticketing.kernel.i18n import Sentence
from ticketing.programme.desk.model import EntryTable


class Held(NamedTuple):
    """A field that has to stay, and what was expected of it."""

    column: str
    expected: Sentence
    value: Any


class _Kept(NamedTuple):
    """A field that stays as it was while something of the kind ``use`` rests on its entry."""

    table: EntryTable
    use: str
    column: str
    expected: Callable[[Any], Sentence]


_KEPT: Final = (
    _Kept(
        "festival", "tickets", "currency", lambda was: Sentence("%(was)s, in which tickets have been sold", was=was)
    ),
    _Kept(
        "tariff",
        "tickets",
        "family",
        lambda was: Sentence("%(was)s, under which it was sold and is declared", was=was),
    ),
    _Kept("hall", "screenings", "venue", lambda was: Sentence("%(was)s, where it has screenings", was=was)),
    _Kept(
        "venue", "halls", "timezone", lambda was: Sentence("%(was)s, in which its halls have their times", was=was)
    ),
    _Kept("version", "screenings", "film", lambda was: Sentence("%(was)s, of which it is shown", was=was)),
    _Kept(
        "screening",
        "live_tickets",
        "film",
        lambda was: Sentence("%(was)s, for which tickets have been sold", was=was),
    ),
    _Kept(
        "screening",
        "live_tickets",
        "hall",
        lambda was: Sentence("%(was)s, where seats have been sold; they are moved seat by seat", was=was),
    ),
    _Kept(
        "screening",
        "live_tickets",
        "status",
        lambda was: Sentence("%(was)s, as tickets have been sold; cancel it instead", was=was),
    ),
    # Where seats are sold as well, that is said above.
    _Kept(
        "screening",
        "allotments",
        "hall",
        lambda was: Sentence("%(was)s, where seats are kept back; release them first", was=was),
    ),
)


def check_change(
    table: EntryTable, before: Mapping[str, Any], after: Mapping[str, Any], uses: Mapping[str, int], now: datetime
) -> list[Held]:
    """The fields of ``after`` that must not differ from ``before``, given what rests on the entry."""
    kept: dict[str, Held] = {}
    for rule in _KEPT:
        was, said = before.get(rule.column), after.get(rule.column)
        if rule.table == table and uses.get(rule.use) and was != said:
            kept.setdefault(rule.column, Held(rule.column, rule.expected(was), said))
    return [*kept.values(), *(_announced(before, after, now) if table == "screening" else ())]


def _announced(before: Mapping[str, Any], after: Mapping[str, Any], now: datetime) -> Iterator[Held]:
    """What a screening can't be made to say, whatever rests on it."""
    if after.get("status") == "cancelled":
        yield Held("status", Sentence("draft or published; cancelling has a page of its own"), "cancelled")
    starts_at, ended_at = _moment(after.get("starts_at")), _moment(before.get("ends_at"))
    moved = _moment(before.get("starts_at")) != starts_at
    if before.get("status") == "published" and ended_at is not None and ended_at <= now:
        if moved:
            # Its week may be closed: in another one it would be counted as well.
            shown = Sentence("%(was)s, when it was shown; copy it instead", was=before.get("starts_at"))
            yield Held("starts_at", shown, after.get("starts_at"))
        return
    moved = moved or before.get("status") != after.get("status")
    if moved and starts_at is not None and starts_at <= now and after.get("status") != "draft":
        yield Held("starts_at", Sentence("a start that is still to come"), after.get("starts_at"))


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else value
