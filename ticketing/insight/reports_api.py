"""Reports over HTTP, for organisers: as JSON for machines, as CSV, XLSX and PDF for people."""

import dataclasses
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from ticketing.insight.capacity import Insight
from ticketing.insight.reports.closing import ClosedWeek, close_week, list_closed_weeks
from ticketing.insight.reports.formats import MEDIA_TYPES, Format
from ticketing.insight.reports.making import REPORTS, Report, ReportWish, make_report
from ticketing.insight.reports.model import Dimension
from ticketing.kernel import errors
from ticketing.kernel.wire import locale_of, problems
from ticketing.programme.api import SLUG
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role


@dataclasses.dataclass
class ReportOperation(Operation):
    """The operation in the OpenAPI document, with the formats that a generator of JSON answers can't know."""

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if not isinstance(answer, OpenAPIResponse) or answer.content is None:
            raise TypeError("a report has an answer with content")
        answer.content[MEDIA_TYPES["csv"]] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
        for written_as in ("xlsx", "pdf"):
            media_type = MEDIA_TYPES[written_as]
            answer.content[media_type] = OpenAPIMediaType(
                schema=Schema(type=OpenAPIType.STRING, content_media_type=media_type)
            )


@get(
    "/api/v1/reports/{report:str}",
    guards=[requires(Role.ORGANISER)],
    summary="A report: " + ", ".join(REPORTS),
    tags=["reports"],
    operation_class=ReportOperation,
    responses={
        200: ResponseSpec(Report, description="The report, in the format asked for", generate_examples=False),
        **problems(
            errors.Unauthenticated,
            errors.Forbidden,
            errors.UnknownReport,
            errors.UnknownFestival,
            errors.InvalidPeriod,
            errors.ReportTooLong,
        ),
    },
)
async def get_report(  # noqa: PLR0917 - one parameter a filter, by name
    report: Annotated[str, PathParameter(description="Which report.", schema_extra={"enum": list(REPORTS)})],
    request: StaffRequest,
    insight: NamedDependency[Insight],
    written_as: Annotated[Format, QueryParameter(name="format", description="How it is written.")] = "json",
    festival: Annotated[str | None, QueryParameter(pattern=SLUG, description="Of this festival only.")] = None,
    first_day: Annotated[
        date | None, QueryParameter(name="from", description="The first day, with `to`, in the venue's time.")
    ] = None,
    last_day: Annotated[
        date | None, QueryParameter(name="to", description="The last day; at most 400 days in all.")
    ] = None,
    week: Annotated[
        date | None,
        QueryParameter(description="Any day of a film week (Wednesday to Tuesday), instead of `from` and `to`."),
    ] = None,
    by: Annotated[
        list[Dimension] | None,
        QueryParameter(max_items=6, description="What totals are summed up by, in this order; else by film."),
    ] = None,
) -> Response[Any]:
    """On the screenings of some days: those named, else the festival's, else 200 either side of today.

    Headings and texts are in the caller's language, from `Accept-Language`. `weekly-return` always covers whole
    film weeks. Reports name no buyer and no ticket.
    """
    locale = locale_of(request)
    dimensions = tuple(dict.fromkeys(by or ()))
    wish = ReportWish(report, festival, first_day, last_day, week, dimensions, locale)
    made = await make_report(insight, wish, request.user.reach, written_as)
    disposition = "inline" if written_as == "json" else "attachment"
    return Response(
        made.body,
        media_type=MEDIA_TYPES[written_as],
        headers={
            "content-disposition": f'{disposition}; filename="{made.name}"',
            "content-language": locale,
            "cache-control": "no-store",
            "vary": "accept-language",
        },
    )


class WeekToClose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Any day of the film week."""

    week: date


class ClosedWeeks(msgspec.Struct, frozen=True):
    """The latest first, at most 500."""

    weeks: tuple[ClosedWeek, ...]


@post(
    "/api/v1/festivals/{festival:str}/closed-weeks",
    guards=[requires(Role.ORGANISER)],
    summary="Close a film week: its figures are final",
    tags=["reports"],
    responses=problems(
        errors.Unauthenticated,
        errors.Forbidden,
        errors.UnknownFestival,
        errors.InvalidPeriod,
        errors.WeekNotOver,
        errors.LedgerNotSealed,
        errors.ReportTooLong,
    ),
)
async def post_closed_week(
    festival: FromPath[str], data: JSONBody[WeekToClose], request: StaffRequest, insight: NamedDependency[Insight]
) -> ClosedWeek:
    """A week that is closed already is answered as it was closed. What is entered later for its screenings
    stands in `later_entries` of the return of the week in which it was done.
    """
    return await close_week(insight, festival, data.week, closed_by=request.user.login)


@get(
    "/api/v1/festivals/{festival:str}/closed-weeks",
    guards=[requires(Role.ORGANISER)],
    summary="The film weeks whose figures are final",
    tags=["reports"],
    responses=problems(errors.Unauthenticated, errors.Forbidden, errors.UnknownFestival),
)
async def get_closed_weeks(festival: FromPath[str], insight: NamedDependency[Insight]) -> ClosedWeeks:
    return ClosedWeeks(await list_closed_weeks(insight, festival))


routes = [get_report, post_closed_week, get_closed_weeks]
