"""How often one may try to sign in.

Failures are counted per address with login, and per address: a stranger who fails under somebody's name from
elsewhere never keeps that somebody out. Counted in Redis, for all processes together; while Redis is away each
process counts for itself, because the staff must be able to sign in then too.
"""

from typing import Final

from ticketing.kernel.context import Context
from ticketing.kernel.throttle import Limit, count_or_refuse, take_back, was_counted

WINDOW_S: Final = 300
PER_ADDRESS_AND_LOGIN: Final = Limit("sign-in", counted_max=10, window_s=WINDOW_S)
# Whole houses share an address behind a mobile router.
PER_ADDRESS: Final = Limit("sign-in-address", counted_max=100, window_s=WINDOW_S)


# Codes of the second step that failed, whoever typed them; who gets there knows the password. So that nobody who
# found it out can keep its owner out, addresses from which that owner has signed in are not held up by the failures
# of others.
PER_SECOND_FACTOR: Final = Limit("second-factor", counted_max=60, window_s=3600)
KNOWN_ADDRESS: Final = Limit("second-factor-address", counted_max=2**31, window_s=30 * 86_400)


# Codes typed by somebody who is signed in already, to change their second step.
PER_CHANGE: Final = Limit("second-factor-change", counted_max=20, window_s=3600)


async def admit_change(context: Context, login: str) -> None:
    """Count a code by which somebody signed in wants to change their second step, before it is looked at.

    Raises:
        TooMany: too many have failed; with ``retry_after_s``.
    """
    await count_or_refuse(context, PER_CHANGE, login)


async def forgive_change(context: Context, login: str) -> None:
    """Take it back: it was right."""
    await take_back(context, PER_CHANGE, login)


async def admit_code(context: Context, client: str, login: str) -> None:
    """Count a code before it is looked at, so that many at once are counted too.

    Raises:
        TooMany: too many have failed, from this address or for this login; with ``retry_after_s``.
    """
    await count_or_refuse(context, PER_ADDRESS_AND_LOGIN, client, login)
    if not await was_counted(context, KNOWN_ADDRESS, client, login):
        await count_or_refuse(context, PER_SECOND_FACTOR, login)


async def forgive_code(context: Context, client: str, login: str) -> None:
    """Take the code back: it was right, and its address is one that this login comes from."""
    await take_back(context, PER_ADDRESS_AND_LOGIN, client, login)
    if not await was_counted(context, KNOWN_ADDRESS, client, login):
        await take_back(context, PER_SECOND_FACTOR, login)
    await count_or_refuse(context, KNOWN_ADDRESS, client, login)


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
