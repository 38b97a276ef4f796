"""How often one may try to sign in.

Failures are counted per address with login, and per address: a stranger who fails under somebody's name from
elsewhere never keeps that somebody out. Counted in Redis, for all processes together; while Redis is away each
process counts for itself, because the staff must be able to sign in then too.
"""

from typing import Final

from ticketing.kernel.context import Context
from ticketing.kernel.throttle import Limit, count_or_refuse, take_back

WINDOW_S: Final = 300
PER_ADDRESS_AND_LOGIN: Final = Limit("sign-in", counted_max=10, window_s=WINDOW_S)
# Whole houses share an address behind a mobile router.
PER_ADDRESS: Final = Limit("sign-in-address", counted_max=100, window_s=WINDOW_S)


async def admit_try(context: Context, client: str, login: str) -> None:
    """Count a try before it is made, so that many at once are counted too.

    Raises:
        TooMany: this address, or this address with this login, has failed too often; with ``retry_after_s``.
    """
    await count_or_refuse(context, PER_ADDRESS_AND_LOGIN, client, login)
    await count_or_refuse(context, PER_ADDRESS, client)


async def forgive_try(context: Context, client: str, login: str) -> None:
    """Take the try back: it was a success."""
    await take_back(context, PER_ADDRESS_AND_LOGIN, client, login)
    await take_back(context, PER_ADDRESS, client)
