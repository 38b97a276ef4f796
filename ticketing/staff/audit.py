"""The audit, read: who did what to whom or what, and when. It is written by the acts themselves."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, InvalidField
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.model import Principal
from ticketing.staff.reach import places_in_sql

SQL = load_queries("staff")
LINES_A_PAGE_MAX: Final = 200
SUBJECT_SIGNS_MAX: Final = 128
WORDS_SIGNS_MAX: Final = 100
WORDS_MAX: Final = 8
CURSOR_PATTERN: Final = r"^[1-9][0-9]{0,17}$"
WORDS_PROBLEM: Final = N_("One to eight words can be looked for")
SPAN_PROBLEM: Final = N_("The end lies before the beginning")

AuditWords = Annotated[str, Meta(min_length=1, max_length=WORDS_SIGNS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]
# As it is stored; "(operator)" is the `ticketing` command, "device …" a telephone of the door.
AuditLogin = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
AuditAct = Annotated[str, Meta(pattern=r"^[a-z_]{1,63}$")]
AuditSubject = Annotated[str, Meta(min_length=1, max_length=SUBJECT_SIGNS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]


class AuditWish(msgspec.Struct, frozen=True):
    """Which lines are looked for; what is left out is any. ``subject``: how it begins. ``until``: before it.
    ``words``: all of them, or such as begin so, stand in the subject or the detail.
    """

    login: AuditLogin | None = None
    act: AuditAct | None = None
    subject: AuditSubject | None = None
    since: Annotated[datetime, Meta(tz=True)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None
    words: AuditWords | None = None


class AuditLine(msgspec.Struct, frozen=True):
    """An act. ``login`` did it, ``subject`` is whom or what it was done to; ``detail`` names no person."""

    line: int
    at: datetime
    login: str
    act: str
    subject: str
    detail: dict[str, Any]


class AuditPage(msgspec.Struct, frozen=True):
    """The latest first; ``next`` is the cursor of what is older, null at the end."""

    lines: tuple[AuditLine, ...]
    next: str | None


async def read_audit(
    context: Context, wish: AuditWish, limit: int, cursor: str | None = None, *, reader: Principal | None = None
) -> AuditPage:
    """Lines of the audit; ``limit`` is cut to 1 … 200, ``cursor`` fits ``CURSOR_PATTERN``.

    A ``reader`` whose role does not count everywhere finds what was done in their festivals and at their venues,
    and their own acts wherever. None: all of it.

    Raises:
        InvalidField: the span ends before it begins, or there is no word among the words, or too many.
        DatabaseUnavailable
    """
    if wish.since is not None and wish.until is not None and wish.until < wish.since:
        raise InvalidField(field="until", problem=SPAN_PROBLEM)
    words = None
    if wish.words is not None:
        # Signs that mean something in the language of the search are none of a word.
        words = [word for word in re.sub(r"[^\w.@-]", " ", wish.words).split() if re.search(r"\w", word)]
        if not 1 <= len(words) <= WORDS_MAX:
            raise InvalidField(field="words", problem=WORDS_PROBLEM)
    wanted = min(max(limit, 1), LINES_A_PAGE_MAX)
    async with database_errors():
        rows = await context.postgres.fetch(
            SQL.list_audit,
            int(cursor) if cursor else None,
            wish.login,
            wish.act,
            wish.subject,
            wish.since,
            wish.until,
            wanted + 1,
            words,
            places_in_sql(reader.reach) if reader else None,
            reader.login if reader else None,
        )
    lines = tuple(
        AuditLine(row["audit_id"], row["at"], row["login"], row["act"], row["subject"], row["detail"])
        for row in rows[:wanted]
    )
    return AuditPage(lines, str(lines[-1].line) if len(rows) > wanted else None)
