"""A stack of papers as it was typed, line by line, and as it is meant."""

import uuid
from datetime import datetime, time
from typing import Final

import msgspec

from ticketing.kernel.errors import N_, InvalidField
from ticketing.programme.model import Screening
from ticketing.sales.outage.model import AMOUNT_MAX, PAPERS_MAX, HandSoldPaper, HandSoldStack, StackPreview
from ticketing.web.pages.desk_form import amount_of
from ticketing.web.pages.forms import Form

LINES_FIRST: Final = 10
FIELDS: Final = ("paper", "seat", "tariff", "price", "method", "time")
LINES_PROBLEM: Final = N_("Some lines are not filled in as they must be")
EMPTY_PROBLEM: Final = N_("Fill in at least one line")
AGAIN_PROBLEM: Final = N_("Open this page again and fill it in once more")
WHEN_PROBLEM: Final = N_("Say when these tickets were sold")
PROBLEMS: Final = {
    "seat_unknown": N_("There is no such seat in this hall"),
    "seat_twice": N_("Another line has this seat"),
    "seat_sold": N_("This seat was sold meanwhile: find another one, or give the money back"),
    "seat_offered": N_("This seat is offered to somebody on the waiting list"),
    "area_full": N_("No place is left there"),
    "tariff_not_offered": N_("This tariff is not offered there"),
    "currency_wrong": N_("Another currency"),
    "paper_twice": N_("Another line has this number"),
    "paper_known": N_("This number was entered before"),
    "sold_later": N_("That is after now, or after the end of the screening"),
    "sold_too_long_ago": N_("That is more than 31 days ago"),
    "not_let_in_yet": N_("Nobody can have come in: the doors are not open yet"),
    "paper": N_("A number of letters, digits, spaces, points and dashes is needed"),
    "seat": N_("A seat is needed"),
    "price": N_("A sum such as 3500 or 3500.50 is needed"),
    "time": N_("A time such as 19:30 is needed"),
}


class TypedLine(msgspec.Struct, frozen=True):
    """A line as it was typed; ``method`` and ``time`` are "" where they are those of the whole stack."""

    paper: str = ""
    seat: str = ""
    tariff: str = ""
    price: str = ""
    method: str = ""
    time: str = ""
    came_in: bool = False

    @property
    def filled(self) -> bool:
        """Is anything meant by it?"""
        return bool(self.paper or self.seat)


class TypedStack(msgspec.Struct, frozen=True):
    """A stack as it was typed. ``sold_at`` is a date and time of the venue."""

    batch: str
    sold_at: str
    method: str
    in_till: bool
    lines: tuple[TypedLine, ...]


def lines_wanted(text: str) -> int:
    """How many lines a page is asked for; ten where that is no number up to a whole stack."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:4]) <= PAPERS_MAX else LINES_FIRST


def empty_stack(screening: Screening, lines: int, now: datetime) -> TypedStack:
    """Lines to be filled in. People are taken to have come in where the film has begun."""
    at = min(now, screening.starts_at).astimezone(screening.timezone)
    line = TypedLine(came_in=now >= screening.starts_at)
    return TypedStack(str(uuid.uuid4()), f"{at:%Y-%m-%dT%H:%M}", "cash", False, (line,) * lines)


def typed_stack(form: Form) -> TypedStack:
    """What a form says, cut to what can be meant: it is shown again whatever it was.

    Raises:
        InvalidField: it has more lines than a page does.
    """
    columns = {name: form.texts(name)[:PAPERS_MAX] for name in FIELDS}
    came_in = set(form.texts("came_in"))

    def line(place: int) -> TypedLine:
        texts = {name: column[place][:64] for name, column in columns.items() if place < len(column)}
        return TypedLine(came_in=str(place) in came_in, **texts)

    lines = [line(place) for place in range(max(map(len, columns.values())))]
    return TypedStack(
        batch=form.raw("batch", 10_000_000)[:64],
        sold_at=form.raw("sold_at", 10_000_000)[:32],
        method=form.raw("method_of_all", 10_000_000)[:8],
        in_till=form.raw("in_till", 10_000_000) == "yes",
        lines=tuple(lines),
    )


def read_stack(typed: TypedStack, screening: Screening) -> tuple[HandSoldStack | None, dict[int, list[str]]]:
    """The stack that is meant, of every line in which anything was written; or what is wrong, by place of the line.

    Raises:
        InvalidField: there is no line, no time, or no name of the stack.
    """
    try:
        sold_at = datetime.fromisoformat(typed.sold_at).replace(tzinfo=screening.timezone)
    except ValueError:
        raise InvalidField(field="sold_at", problem=WHEN_PROBLEM) from None
    papers: list[HandSoldPaper] = []
    wrong: dict[int, list[str]] = {}
    for place, line in enumerate(typed.lines):
        if line.filled:
            paper, problems = _paper(line, typed, sold_at, screening)
            wrong |= {place: problems} if problems else {}
            papers += [paper] if paper else []
    if wrong:
        return None, wrong
    if not papers:
        raise InvalidField(field="paper", problem=EMPTY_PROBLEM)
    try:
        return HandSoldStack(uuid.UUID(typed.batch), tuple(papers), typed.in_till), {}
    except ValueError:
        raise InvalidField(field="batch", problem=AGAIN_PROBLEM) from None


def _paper(
    line: TypedLine, typed: TypedStack, sold_at: datetime, screening: Screening
) -> tuple[HandSoldPaper | None, list[str]]:
    problems = [] if line.seat else ["seat"]
    amount = amount_of(line.price) if line.price else None
    if amount is not None and not (isinstance(amount, int) and 0 <= amount <= AMOUNT_MAX):
        problems.append("price")
    try:
        at = (
            datetime.combine(sold_at.date(), time.fromisoformat(line.time), screening.timezone)
            if line.time
            else sold_at
        )
    except ValueError:
        problems.append("time")
    if problems:
        return None, problems
    fields = {
        "paper": line.paper,
        "seat": line.seat,
        "tariff": line.tariff,
        "method": line.method or typed.method,
        "sold_at": at,
        "money": None if amount is None else {"amount": amount, "currency": screening.currency},
        "came_in": line.came_in,
    }
    try:
        return msgspec.convert(fields, HandSoldPaper), []
    except msgspec.ValidationError:
        return None, ["paper"]


def problems_by_line(typed: TypedStack, preview: StackPreview) -> dict[int, list[str]]:
    """What stands against each line, by its place on the page."""
    places = [place for place, line in enumerate(typed.lines) if line.filled]
    return {
        place: list(judged.problems)
        for place, judged in zip(places, preview.papers, strict=True)
        if judged.problems
    }
