"""Badges over JSON: photos, files to print, mail; and a badge's own picture and file for whoever has its link."""

import uuid
from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from ticketing.accreditation.api import ONE, ORGANISER, STAFF, within_reach
from ticketing.accreditation.badges import (
    BADGES_PER_PDF_MAX,
    BadgeFormat,
    code_of_badge,
    mail_badge,
    open_badge,
    render_badges_pdf,
)
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import ACCREDITATION_PATTERN
from ticketing.accreditation.photos import keep_photo, read_photos, remove_photo
from ticketing.accreditation.reading import read_accreditations
from ticketing.kernel import errors
from ticketing.kernel.wire import locale_of, problems
from ticketing.programme.pictures import PICTURE_BYTES_MAX
from ticketing.staff.guards import PUBLIC, StaffRequest
from ticketing.staff.reach import require_reach
from ticketing.tickets.qr import render_qr_svg

HELD = (errors.UnknownAccreditation, errors.BadgeSuperseded, errors.NoSigningKey)
Secret = FromQuery[Annotated[str, Meta(max_length=100)]]
Wanted = Annotated[
    list[Annotated[str, Meta(pattern=ACCREDITATION_PATTERN)]],
    QueryParameter(
        min_items=1, max_items=BADGES_PER_PDF_MAX, description="One or more; a badge a page or quarter."
    ),
]
Format = Annotated[BadgeFormat, QueryParameter(name="format", description="A6 a badge, or four to a sheet of A4.")]
# A code is a right of entry, and a face is nobody's business: no cache on the way may keep them.
HEADERS = {"cache-control": "private, no-store"}


class MailRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Chosen by who asks: sent again, the badge is mailed once."""

    request: uuid.UUID


@put(
    ONE + "/photo",
    summary="Keep the photo of a holder",
    description="The body is the picture: JPEG, PNG or WebP. Only its pixels are kept.",
    tags=["accreditations"],
    status_code=204,
    guards=ORGANISER,
    request_max_body_size=PICTURE_BYTES_MAX,
    responses=problems(*STAFF, errors.UnknownAccreditation, errors.AccreditationErased),
)
async def put_photo(
    request: StaffRequest, accreditations: NamedDependency[Accreditations], accreditation: FromPath[str]
) -> None:
    await within_reach(request, accreditations, accreditation)
    await keep_photo(accreditations, accreditation, await request.body(), request.user.login)


@get(
    ONE + "/photo",
    summary="The photo of a holder",
    tags=["accreditations"],
    guards=ORGANISER,
    responses={
        200: ResponseSpec(bytes, media_type="image/webp"),
        **problems(*STAFF, errors.UnknownAccreditation),
    },
)
async def get_photo(
    request: StaffRequest, accreditations: NamedDependency[Accreditations], accreditation: FromPath[str]
) -> Response[bytes]:
    await within_reach(request, accreditations, accreditation)
    photo = (await read_photos(accreditations, [accreditation])).get(accreditation)
    if photo is None:
        raise errors.UnknownAccreditation
    return Response(photo, media_type="image/webp", headers=HEADERS)


@delete(
    ONE + "/photo",
    summary="Remove the photo of a holder",
    tags=["accreditations"],
    status_code=204,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownAccreditation, errors.AccreditationErased),
)
async def delete_photo(
    request: StaffRequest, accreditations: NamedDependency[Accreditations], accreditation: FromPath[str]
) -> None:
    await within_reach(request, accreditations, accreditation)
    await remove_photo(accreditations, accreditation, request.user.login)


@post(
    ONE + "/mail",
    summary="Mail a badge to its holder",
    description="The same `request` sent again mails it once.",
    tags=["accreditations"],
    status_code=204,
    guards=ORGANISER,
    responses=problems(*STAFF, errors.UnknownAccreditation, errors.BadgeSuperseded),
)
async def post_mail(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    accreditation: FromPath[str],
    data: JSONBody[MailRequest],
) -> None:
    await within_reach(request, accreditations, accreditation)
    await mail_badge(accreditations, accreditation, data.request.hex, request.user.login)


@get(
    "/api/v1/festivals/{festival:str}/badges.pdf",
    summary="Badges to print",
    description="Those that are revoked are left out.",
    tags=["accreditations"],
    guards=ORGANISER,
    responses={
        200: ResponseSpec(bytes, media_type="application/pdf"),
        **problems(*STAFF, errors.UnknownFestival, errors.UnknownAccreditation, errors.NoSigningKey),
    },
)
async def get_badges_pdf(
    request: StaffRequest,
    accreditations: NamedDependency[Accreditations],
    festival: FromPath[str],
    accreditation: Wanted,
    page_format: Format = "a4",
) -> Response[bytes]:
    require_reach(request.user.reach, festival=festival)
    await accreditations.catalogue.festival(festival)
    found = await read_accreditations(accreditations, accreditation)
    badges = [one for one in found if one.festival == festival and one.status == "active"]
    if not badges:
        raise errors.UnknownAccreditation
    pdf = await render_badges_pdf(accreditations, badges, locale_of(request), page_format)
    return Response(pdf, media_type="application/pdf", headers=HEADERS)


@get(
    ONE + "/badge.pdf",
    opt=PUBLIC,
    summary="A badge as its holder has it, to print",
    tags=["accreditations"],
    responses={200: ResponseSpec(bytes, media_type="application/pdf"), **problems(*HELD)},
)
async def get_badge_pdf(
    accreditations: NamedDependency[Accreditations], accreditation: FromPath[str], secret: Secret
) -> Response[bytes]:
    badge = await open_badge(accreditations, accreditation, secret)
    pdf = await render_badges_pdf(accreditations, [badge], badge.locale)
    return Response(pdf, media_type="application/pdf", headers=HEADERS)


@get(
    ONE + "/qr.svg",
    opt=PUBLIC,
    summary="The QR code of a badge",
    tags=["accreditations"],
    responses={200: ResponseSpec(str, media_type="image/svg+xml"), **problems(*HELD)},
)
async def get_badge_qr(
    accreditations: NamedDependency[Accreditations], accreditation: FromPath[str], secret: Secret
) -> Response[str]:
    badge = await open_badge(accreditations, accreditation, secret)
    code = await code_of_badge(accreditations, badge)
    return Response(await render_qr_svg(code), media_type="image/svg+xml", headers=HEADERS)


routes = [
    put_photo,
    get_photo,
    delete_photo,
    post_mail,
    get_badges_pdf,
    get_badge_pdf,
    get_badge_qr,
]
