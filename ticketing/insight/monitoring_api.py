"""The files for the monitoring system over HTTP, for organisers."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from ticketing.insight.capacity import Insight
from ticketing.insight.monitoring.exporter import MonitoringExporter, exporter_of
from ticketing.insight.monitoring.listing import (
    FilmWithoutCertificate,
    ToldHours,
    films_without_certificate,
    list_hours,
    read_file,
)
from ticketing.insight.monitoring.model import FIELDS, HOUR_PATTERN, Field, read_hour
from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.staff.guards import requires
from ticketing.staff.model import Role

CURSOR_PROBLEM: Final = errors.N_("There is no such hour")


class Monitoring(msgspec.Struct, frozen=True):
    """`exporter` null: no files are made, see `TICKETING_MONITORING`. `fields` says what is assumed."""

    exporter: str | None
    fields: tuple[Field, ...]
    films_without_certificate: tuple[FilmWithoutCertificate, ...]
    told: ToldHours


@get(
    "/api/v1/monitoring-files",
    guards=[requires(Role.ORGANISER, everywhere=True)],
    summary="Files for the Kazakh monitoring system, by hour",
    tags=["reports"],
    responses=problems(errors.Unauthenticated, errors.Forbidden, errors.OutOfReach),
)
async def get_monitoring_files(
    insight: NamedDependency[Insight],
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="How many hours.")] = 50,
    cursor: Annotated[
        str | None,
        QueryParameter(pattern=HOUR_PATTERN, description="`next` of the answer before: hours before that one."),
    ] = None,
) -> Monitoring:
    """Hours in which something was sold for a venue in Kazakhstan, the latest first."""
    context = insight.context
    exporter = exporter_of(context.settings)
    before = read_hour(cursor) if cursor else None
    if cursor and before is None:
        raise errors.InvalidField(field="cursor", problem=CURSOR_PROBLEM)
    told = await list_hours(context, exporter, limit, before) if exporter else ToldHours((), None, None)
    films = await films_without_certificate(context)
    return Monitoring(exporter.name if exporter else None, FIELDS, films, told)


@get(
    "/api/v1/monitoring-files/{name:str}",
    guards=[requires(Role.ORGANISER, everywhere=True)],
    summary="One of these files",
    tags=["reports"],
    media_type="application/octet-stream",
    responses=problems(errors.Unauthenticated, errors.Forbidden, errors.OutOfReach, errors.UnknownMonitoringFile),
)
async def get_monitoring_file(name: FromPath[str], insight: NamedDependency[Insight]) -> Response[bytes]:
    """As it was made and handed over."""
    exporter = exporter_of(insight.context.settings)
    if exporter is None:
        raise errors.UnknownMonitoringFile
    return file_answer(exporter, name, await read_file(insight.context, exporter, name))


def file_answer(exporter: MonitoringExporter, name: str, body: bytes) -> Response[bytes]:
    """A file to be kept, under its name."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(body, media_type=exporter.media_type, headers=headers)


routes = [get_monitoring_files, get_monitoring_file]
