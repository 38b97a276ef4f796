"""Tokens of other programs: made at the desk, shown once, for some calls in some place, until an end.

A token is 32 random bytes behind the prefix ``api.``; only its SHA-256 is kept. It has no password and no second
step, can do nothing on pages, and stands in the audit by its name.
"""

import re
import secrets
import time
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ticketing.kernel.context import Context
from ticketing.kernel.errors import N_, InvalidField, TokenExists, UnknownToken
from ticketing.kernel.ids import new_order_id
from ticketing.kernel.postgres import database_errors
from ticketing.kernel.queries import load_queries
from ticketing.staff.memory import PrincipalMemory, digest_of
from ticketing.staff.model import Grant, Principal, widest_role
from ticketing.staff.reach import Place, reach_of
from ticketing.staff.scopes import SCOPES, Scope

SQL = load_queries("api_tokens")
DAYS_MAX: Final = 365
TOKENS_LISTED_MAX: Final = 500
TOKENS_KEPT_MAX: Final = 1_000
API_PREFIX: Final = "api."

PLACE_PROBLEM = N_("There is no such festival or venue")
_KNOWN: Final = frozenset(scope.value for scope in Scope)
_TOKEN = re.compile(r"api\.[A-Za-z0-9_-]{43}")
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class TokenWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token as it is asked for: for which calls, in which festival (null: all), at which venue (null: all), and
    for how many days.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=len(Scope))]
    festival: Slug | None = None
    venue: Slug | None = None
    days: Annotated[int, Meta(ge=1, le=DAYS_MAX)] = 90


class FreshToken(msgspec.Struct, frozen=True):
    """A token that was made. ``secret`` is what goes with each call, shown this once: we keep only its digest."""

    token: str
    name: str
    secret: str
    expires_at: datetime


class TokenListed(msgspec.Struct, frozen=True):
    """A token as it is listed. ``token`` names it and opens nothing; ``last_used_at``: to the minute."""

    token: str
    name: str
    scopes: tuple[str, ...]
    festival: str | None
    venue: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


_memory = PrincipalMemory(TOKENS_KEPT_MAX)


async def add_token(context: Context, wish: TokenWish, *, by: str) -> FreshToken:
    """A new token. Its name is its for good, so that the audit never means another.

    Raises:
        InvalidField: there is no such festival or venue.
        TokenExists: the name is in use, if only by one that was revoked.
        DatabaseUnavailable
    """
    now = context.clock.now()
    token, secret, expires_at = (
        new_order_id(),
        API_PREFIX + secrets.token_urlsafe(32),
        now + timedelta(days=wish.days),
    )
    constraints = {
        "api_token_name_key": lambda _: TokenExists(name=wish.name),
        "api_token_festival_id_fkey": lambda _: InvalidField(field="festival", problem=PLACE_PROBLEM),
        "api_token_venue_id_fkey": lambda _: InvalidField(field="venue", problem=PLACE_PROBLEM),
    }
    scopes = sorted({scope.value for scope in wish.scopes})
    async with database_errors(constraints):
        await context.postgres.execute(
            SQL.add_token,
            token,
            wish.name,
            digest_of(secret),
            scopes,
            wish.festival,
            wish.venue,
            now,
            by,
            expires_at,
        )
    return FreshToken(token, wish.name, secret, expires_at)


async def list_tokens(context: Context) -> list[TokenListed]:
    """All tokens, those that open something first; at most ``TOKENS_LISTED_MAX``.

    Raises:
        DatabaseUnavailable
    """
    async with database_errors():
        rows = await context.postgres.fetch(SQL.list_tokens, TOKENS_LISTED_MAX)
    return [msgspec.convert(dict(row), TokenListed) for row in rows]


async def revoke_token(context: Context, token: str, *, by: str) -> None:
    """A token opens nothing any more, everywhere within a few seconds. Again, nothing changes.

    Raises:
        UnknownToken: there never was one of that name.
        DatabaseUnavailable
    """
    async with database_errors():
        name = await context.postgres.fetchval(SQL.revoke_token, token, context.clock.now(), by)
    if name is None:
        raise UnknownToken
    _memory.forget_those_of(f"token {name}")


async def principal_of_token(context: Context, secret: str) -> Principal | None:
    """The program behind a token; None where it is unknown, over or revoked. Answered as sign-ins are, from a short
    memory. What it may with a call is for :func:`as_called`.
    """
    if not _TOKEN.fullmatch(secret):
        return None
    digest, now = digest_of(secret), context.clock.now()
    if (known := _memory.find(digest, now)) is not None:
        return known
    asked_at_s = time.monotonic()
    async with database_errors():
        row = await context.postgres.fetchrow(SQL.get_token, digest, now)
    _memory.forget(digest)
    if row is None:
        return None
    # A scope that a later release does not know any more opens nothing.
    scopes = tuple(Scope(name) for name in row["scopes"] if name in _KNOWN)
    grants = tuple(Grant(SCOPES[scope].role, row["festival"], row["venue"]) for scope in scopes)
    if not grants:
        return None
    reach = reach_of([Place(row["festival"], row["venue"])])
    principal = Principal(f"token {row['name']}", widest_role(grants), None, reach, grants, scopes=tuple(scopes))
    _memory.keep(digest, principal, row["expires_at"], asked_at_s)
    return principal


def as_called(principal: Principal, call: str) -> Principal | None:
    """A program as far as its scopes open this call, ``GET /path``; None where none does. Whoever is no program is
    whole. So a token that may read reports is no organiser where it sells.
    """
    if principal.scopes is None:
        return principal
    opening = [SCOPES[Scope(name)] for name in principal.scopes if call in SCOPES[Scope(name)].calls]
    if not opening:
        return None
    (place, *_) = principal.reach.places
    grants = tuple({Grant(one.role, place.festival, place.venue): None for one in opening})
    return msgspec.structs.replace(principal, role=widest_role(grants), grants=grants)
