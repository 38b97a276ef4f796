"""A badge in hand: its file, its page, its letter, its photo; and who has it no more."""

import io
import uuid
from datetime import timedelta

import msgspec
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.accreditation.people import accredited
from tests.factories import Factory
from ticketing.accreditation.accrediting import reissue_badge, revoke_accreditation
from ticketing.accreditation.badges import (
    badge_page,
    badge_secret,
    code_of_badge,
    mail_badge,
    open_badge,
    render_badges_pdf,
)
from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.forgetting import forget_old_accreditations
from ticketing.accreditation.model import CATEGORIES
from ticketing.accreditation.photos import keep_photo, read_photos, remove_photo
from ticketing.accreditation.reading import read_accreditation, read_accreditations
from ticketing.kernel import errors
from ticketing.kernel.clock import ShiftedClock


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 900)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (160, 90, 30)).save(buffer, kind, comment=b"taken at home")
    return buffer.getvalue()


async def test_badges_are_printed_with_and_without_a_photo(desk: Accreditations, factory: Factory) -> None:
    festival = await factory.festival()
    await factory.hall()
    made = [
        await accredited(
            factory, festival, category=category, name="Әйгерім Сәдуақасова-Оңдасынова 😀", cities=["almaty"],
            screenings_per_day=3,
        )
        for category in (*CATEGORIES, "press")
    ]  # fmt: skip
    await keep_photo(desk, made[0], picture(), "olga")
    badges = await read_accreditations(desk, made)
    codes = {await code_of_badge(desk, badge) for badge in badges}
    a6 = pypdfium2.PdfDocument(await render_badges_pdf(desk, badges, "fr", "a6"))
    a4 = pypdfium2.PdfDocument(await render_badges_pdf(desk, badges, "kk", "a4"))
    assert (len(a6), len(a4)) == (5, 2)
    for document in (a6, a4):
        read = [found.text for page in document for found in zxingcpp.read_barcodes(page.render(scale=2).to_pil())]
        assert set(read) == codes
    first = a6[0].get_textpage().get_text_bounded()
    for text in ("Délégation", "Сәдуақасова", "The Almaty Gazette", "Semaine des avant-premières", "Almaty"):
        assert text in first
    with pytest.raises(errors.TooManyTickets):
        await render_badges_pdf(desk, badges * 13, "en")


async def test_a_link_opens_the_badge_that_counts_and_no_other(desk: Accreditations, factory: Factory) -> None:
    accreditation = await accredited(factory, await factory.festival())
    badge = await read_accreditation(desk, accreditation)
    old = badge_secret(desk, badge)
    assert await open_badge(desk, accreditation, old) == badge
    assert badge_page(desk, badge, "kk").endswith(f"/kk/badges/{accreditation}/{old}")
    for number, secret in ((accreditation, "nonsense"), (accreditation, ""), ("BK7Q29XFMABCD", old), ("é", old)):
        with pytest.raises(errors.UnknownAccreditation):
            await open_badge(desk, number, secret)
    anew = await reissue_badge(desk, accreditation, 1, "olga")
    with pytest.raises(errors.BadgeSuperseded):
        await open_badge(desk, accreditation, old)
    assert await open_badge(desk, accreditation, badge_secret(desk, anew)) == anew
    await revoke_accreditation(desk, accreditation, "olga")
    with pytest.raises(errors.BadgeSuperseded):
        await open_badge(desk, accreditation, badge_secret(desk, anew))
    with pytest.raises(errors.BadgeSuperseded):
        await mail_badge(desk, accreditation, uuid.uuid4().hex, "olga")


async def test_a_photo_is_made_anew_or_refused(desk: Accreditations, factory: Factory) -> None:
    accreditation = await accredited(factory, await factory.festival())
    for unfit in (b"", b"<svg/>", picture()[:300], picture("PNG", (40, 40)), b"\xff" * 1000):
        with pytest.raises(errors.InvalidField):
            await keep_photo(desk, accreditation, unfit, "olga")
    assert not (await read_accreditation(desk, accreditation)).photo
    for _ in range(2):
        await keep_photo(desk, accreditation, picture(), "olga")
    kept = (await read_photos(desk, [accreditation]))[accreditation]
    assert b"taken at home" not in kept
    assert Image.open(io.BytesIO(kept)).size == (320, 480)
    assert (await read_accreditation(desk, accreditation)).photo
    for _ in range(2):
        await remove_photo(desk, accreditation, "olga")
    assert not (await read_accreditation(desk, accreditation)).photo
    acts = [row["act"] for row in await desk.context.postgres.fetch("select act from audit order by audit_id")]
    assert acts == ["badge_photo_kept", "badge_photo_kept", "badge_photo_removed"]
    with pytest.raises(errors.AccreditationErased):
        await keep_photo(desk, "BK7Q29XFMABCD", picture(), "olga")


async def test_names_and_photos_go_when_the_festival_is_long_over(
    desk: Accreditations, factory: Factory, clock: ShiftedClock
) -> None:
    festival = await factory.festival(rules={"personal_data_days": 30})
    accreditation = await accredited(factory, festival)
    kept_longer = await accredited(factory, await factory.festival())
    await keep_photo(desk, accreditation, picture(), "olga")
    clock.ahead = timedelta(days=36)
    assert await forget_old_accreditations(desk) == 0
    clock.ahead = timedelta(days=39)
    assert await forget_old_accreditations(desk) == 1
    assert await forget_old_accreditations(desk) == 0
    badge = await read_accreditation(desk, accreditation)
    assert (badge.name, badge.email, badge.photo, badge.status, badge.erased) == ("", None, False, "revoked", True)
    assert badge.organisation == "The Almaty Gazette"
    with pytest.raises(errors.AccreditationErased):
        await reissue_badge(desk, accreditation, 1, "olga")
    assert (await read_accreditation(desk, kept_longer)).name


async def test_nobody_s_name_is_in_a_code(desk: Accreditations, factory: Factory) -> None:
    festival = await factory.festival()
    one, other = await accredited(factory, festival), await accredited(factory, festival)
    badges = await read_accreditations(desk, [one, other])
    renamed = msgspec.structs.replace(badges[0], name="Somebody else", organisation="Another one", email=None)
    assert await code_of_badge(desk, badges[0]) == await code_of_badge(desk, renamed)
    assert await code_of_badge(desk, badges[0]) != await code_of_badge(desk, badges[1])
