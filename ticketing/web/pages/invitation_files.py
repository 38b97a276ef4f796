"""Who comes, as a file for a spreadsheet."""

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.insight.reports.formats import MEDIA_TYPES, write_csv, write_xlsx
from ticketing.insight.reports.table import Column, ColumnKind, Sheet
from ticketing.kernel.errors import N_, Missing
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.threads import Threads
from ticketing.programme.model import Screening, heading
from ticketing.sales.desk import Sales
from ticketing.sales.invitations.model import Round
from ticketing.sales.invitations.rounds import read_round
from ticketing.staff.guards import StaffRequest
from ticketing.web.pages.formatting import moment_text
from ticketing.web.pages.invitations import ORGANISER, PLACE, STATUSES, screening_within_reach
from ticketing.web.pages.rendering import PRIVATE

_THREADS = Threads("invitations", threads_max=1, waiting_max=8)
COLUMNS: Final = (
    Column(N_("Rank"), ColumnKind.NUMBER),
    Column(N_("Name")),
    Column(N_("E-mail")),
    Column(N_("Language")),
    Column(N_("Answer")),
    Column(N_("People"), ColumnKind.NUMBER),
    Column(N_("Companions")),
    Column(N_("wheelchairs"), ColumnKind.NUMBER),
    Column(N_("Note")),
    Column(N_("Answered"), ColumnKind.TIME),
    Column(N_("Seats")),
    Column(N_("Order")),
)


@get(PLACE + "/files/{name:str}", guards=ORGANISER, include_in_schema=False)
async def get_answers(
    request: StaffRequest,
    sales: NamedDependency[Sales],
    language: FromPath[str],
    screening: FromPath[str],
    name: FromPath[str],
) -> Response[Any]:
    """All invitations of a round, by protocol, as CSV or XLSX."""
    asked = await screening_within_reach(request, sales, language, screening)
    found = await read_round(sales, asked)
    form = {"answers.csv": "csv", "answers.xlsx": "xlsx"}.get(name)
    if form is None or found is None:
        raise Missing
    body = await _THREADS.run(_write, asked, found, language, form)
    return Response(
        body,
        media_type=MEDIA_TYPES["csv" if form == "csv" else "xlsx"],
        headers={
            **PRIVATE,
            "content-disposition": f'attachment; filename="{asked.screening_id}-invitations.{form}"',
        },
    )


def _write(screening: Screening, found: Round, language: str, form: str) -> bytes:
    sheet = Sheet.of(
        N_("Invitations"),
        COLUMNS,
        (
            (
                one.rank,
                one.name,
                one.email,
                one.locale,
                translate(STATUSES[one.status], language),
                one.people if one.status in ("accepted", "waiting") else 0,
                ", ".join(name or translate(N_("companion"), language) for name in one.companions),
                one.wheelchairs,
                one.note,
                one.answered_at.astimezone(screening.timezone) if one.answered_at else None,
                ", ".join(one.seats),
                one.order,
            )
            for one in found.invitations
        ),
    )
    if form == "csv":
        return write_csv([sheet], language)
    about = [
        (translate(N_("Screening"), language), pick(heading(screening), language)),
        (translate(N_("Begins"), language), moment_text(screening.starts_at, screening.timezone, language)),
    ]
    return write_xlsx([sheet], about, language)


routes = [get_answers]
