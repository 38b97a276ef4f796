"""The desk's files for the Kazakh monitoring system: what was told, what waits, what is missing."""

from datetime import UTC
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.insight.capacity import Insight
from ticketing.insight.monitoring.exporter import exporter_of
from ticketing.insight.monitoring.listing import ToldHours, films_without_certificate, list_hours, read_file
from ticketing.insight.monitoring.model import FIELDS, read_hour
from ticketing.insight.monitoring_api import file_answer
from ticketing.kernel.errors import UnknownMonitoringFile
from ticketing.kernel.i18n import translate
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.web.pages.languages import require_language
from ticketing.web.pages.rendering import page

ORGANISER = [requires(Role.ORGANISER, everywhere=True)]
PLACE: Final = "/{language:str}/desk/monitoring"
HOURS_A_PAGE: Final = 50


@get(PLACE, guards=ORGANISER, include_in_schema=False)
async def show_monitoring(
    request: StaffRequest, insight: NamedDependency[Insight], language: FromPath[str]
) -> Response[Any]:
    """Hours with sales, the latest first; times are UTC, as in the files' names."""
    require_language(language)
    context = insight.context
    exporter = exporter_of(context.settings)
    before = read_hour(request.query_params.get("before", ""))
    told = await list_hours(context, exporter, HOURS_A_PAGE, before) if exporter else ToldHours((), None, None)
    return page(
        request,
        "monitoring.html",
        language,
        festival=None,
        cart_count=0,
        exporter=exporter,
        folder=context.settings.monitoring_folder,
        told=told,
        later=before is not None,
        fields=[(field, translate(field.meaning, language)) for field in FIELDS],
        films=await films_without_certificate(context),
        utc=UTC,
    )


@get(PLACE + "/{name:str}", guards=ORGANISER, include_in_schema=False)
async def get_monitoring_page_file(
    insight: NamedDependency[Insight], language: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """One of the files."""
    require_language(language)
    exporter = exporter_of(insight.context.settings)
    if exporter is None:
        raise UnknownMonitoringFile
    return file_answer(exporter, name, await read_file(insight.context, exporter, name))


routes = [show_monitoring, get_monitoring_page_file]
