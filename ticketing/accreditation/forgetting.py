"""Who was accredited is forgotten: at their request, or when the festival's time is over.

Name, mail and photo go. What stays is an organisation, a category, and where a badge let in; it names nobody.
"""

from datetime import date, datetime
from typing import Final

from ticketing.accreditation.desk import Accreditations
from ticketing.accreditation.model import Accreditation
from ticketing.accreditation.reading import SQL, accreditation_of
from ticketing.kernel.postgres import Connection, database_errors
from ticketing.programme.festival_rules import FestivalRules

ERASED_AT_ONCE_MAX: Final = 500


async def forget_old_accreditations(desk: Accreditations) -> int:
    """Forget those whose festival ended longer ago than its rule ``personal_data_days``; how many were forgotten.

    Raises:
        DatabaseUnavailable
    """
    now = desk.context.clock.now()
    async with database_errors(), desk.context.postgres.acquire() as connection, connection.transaction():
        rows = await connection.fetch(
            SQL.list_old_accreditations, now, ERASED_AT_ONCE_MAX, FestivalRules().personal_data_days
        )
        await connection.execute(SQL.erase_accreditations, [row["accreditation_id"] for row in rows], now)
    return len(rows)


async def accreditations_of_person(connection: Connection, email: str) -> list[Accreditation]:
    """Those that name an address, whatever its case; at most ``ERASED_AT_ONCE_MAX``."""
    rows = await connection.fetch(SQL.list_accreditations_of_person, email, ERASED_AT_ONCE_MAX)
    return [accreditation_of(row) for row in rows]


async def erase_accreditations_of_person(
    connection: Connection, email: str, now: datetime, *, upcoming: bool
) -> tuple[int, int]:
    """Forget an address in the caller's transaction: how many were forgotten, and how many stay.

    Those with days still to come stay, unless ``upcoming`` says to forget them too; that revokes their badges.
    """
    found = await accreditations_of_person(connection, email)
    over = [one.accreditation for one in found if upcoming or _is_over(one, now.date())]
    await connection.execute(SQL.erase_accreditations, over, now)
    return len(over), len(found) - len(over)


def _is_over(accreditation: Accreditation, today: date) -> bool:
    return accreditation.entitlement.last_day < today
