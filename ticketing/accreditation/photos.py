"""Photos for badges: made safe, kept apart, shown to organisers and on the badge, and to nobody else."""

from collections.abc import Sequence
from typing import Final

from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.reading import SQL
from ticketing.kernel import errors
from ticketing.kernel.errors import N_
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.kernel.threads import Threads
from ticketing.programme.pictures import PORTRAIT_WIDTH, PictureUnfit, make_picture
from ticketing.staff.accounts import add_audit

PHOTO_PROBLEM: Final = N_("A photo is a whole JPEG, PNG or WebP of at least 120 by 120 pixels, and not too large")

_THREADS = Threads("photos", threads_max=1, waiting_max=16)


async def keep_photo(desk: Accreditations, accreditation: str, content: bytes, by: str) -> None:
    """Keep the photo of a holder, in place of an earlier one: its pixels, and nothing else that was in the file.

    Raises:
        InvalidField: it is no picture that can be taken.
        AccreditationErased: the accreditation is not there, or names nobody any more.
        TooMany: too many pictures are being made at once.
        DatabaseUnavailable
    """
    try:
        made = await _THREADS.run(make_picture, content, "portrait")
    except PictureUnfit:
        raise errors.InvalidField(field="photo", problem=PHOTO_PROBLEM) from None
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        await _touch(connection, accreditation)
        await connection.execute(SQL.keep_photo, accreditation, made.sizes[PORTRAIT_WIDTH])
        await add_audit(connection, desk.context.clock.now(), by, "badge_photo_kept", accreditation)


async def remove_photo(desk: Accreditations, accreditation: str, by: str) -> None:
    """The badge has no photo from now on. Where it had none, nothing changes.

    Raises:
        AccreditationErased: the accreditation is not there, or names nobody any more.
        DatabaseUnavailable
    """
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        await _touch(connection, accreditation)
        if await connection.fetchval(SQL.remove_photo, accreditation) is not None:
            await add_audit(connection, desk.context.clock.now(), by, "badge_photo_removed", accreditation)


async def read_photos(desk: Accreditations, accreditations: Sequence[str]) -> dict[str, bytes]:
    """The photos of those that have one, as WebP.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await desk.context.postgres.fetch(SQL.read_photos, list(accreditations))
    return {row["accreditation_id"]: row["content"] for row in rows}


async def _touch(connection: Connection, accreditation: str) -> None:
    """Gates are told that something beside the accreditation's row has changed."""
    if await connection.fetchval(SQL.touch_accreditation, accreditation) is None:
        raise errors.AccreditationErased
