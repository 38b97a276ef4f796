"""The programme of a delegation on paper: A4, a table for each point of it, who comes and where they sit."""

from typing import Any, Final

from ticketing.insight.reports.paper import NOTHING, Heading, Paper, PaperTable
from ticketing.insight.reports.pdf import PrintedReport, write_pdf
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import pick, translate
from ticketing.kernel.threads import Threads
from ticketing.programme.model import Festival
from ticketing.sales.delegations.model import Delegation
from ticketing.web.pages.formatting import moment_text, range_text
from ticketing.web.pages.invitations import STATUSES
from ticketing.web.pages.rendering import heading_text

_THREADS: Final = Threads("delegation", threads_max=1, waiting_max=16)


async def programme_pdf(
    delegation: Delegation, festival: Festival, programme: list[dict[str, Any]], language: str
) -> bytes:
    """The points of ``programme``, as the page shows them, by start; then the members with their badges.

    Raises:
        TooMany: too many documents are wanted at once.
    """

    def say(text: str) -> str:
        return translate(text, language)

    members = PaperTable(
        caption=say(N_("Members")),
        headings=_headings(say(N_("Name")), say(N_("Function")), say(N_("Badge"))),
        rows=tuple((one.name, one.function or NOTHING, one.accreditation or NOTHING) for one in delegation.members),
    )
    days = range_text(delegation.arrives_on, delegation.leaves_on, language)
    printed = PrintedReport(
        lang=language,
        title=delegation.name,
        covers=" · ".join(part for part in (delegation.organisation, days) if part),
        notice=say(N_("Times are those of the place.")),
        nothing="",
        foot=pick(festival.name, language),
        apart=False,
        papers=[*(_point(point, language) for point in programme), Paper("", (), (members,))],
    )
    return await _THREADS.run(write_pdf, printed)


def _point(point: dict[str, Any], language: str) -> Paper:
    shown = point["screening"]
    when = moment_text(shown.starts_at, shown.timezone, language)
    parts = (shown.venue.name, shown.hall.name, shown.venue.address, shown.venue.city_name)
    place = ", ".join(text for text in (pick(part, language) for part in parts) if text)
    rows = []
    for guest in point["guests"]:
        member, status = guest["member"], guest["invitation"].status
        if status != "declined":
            seats = "; ".join(guest["seats"]) or translate(STATUSES[status], language)
            rows.append((member.name, member.function or NOTHING, seats))
    words = [translate(text, language) for text in (N_("Name"), N_("Function"), N_("Seat"))]
    off = "" if shown.status == "published" else f" · {translate('This does not take place', language)}"
    table = PaperTable(caption=place, headings=_headings(*words), rows=tuple(rows))
    return Paper(f"{when} · {heading_text(shown, language)}{off}", (), (table,))


def _headings(*texts: str) -> tuple[Heading, ...]:
    return tuple(Heading(text, number=False) for text in texts)
