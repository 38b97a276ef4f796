"""Tokens of other programs over JSON, for administrators."""

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.wire import problems
from ticketing.staff import tokens
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role
from ticketing.staff.tokens import FreshToken, TokenListed, TokenWish

ADMIN = [requires(Role.ADMIN, everywhere=True)]
STAFF = (errors.Unauthenticated, errors.DeviceRevoked, errors.Forbidden)


class Tokens(msgspec.Struct, frozen=True):
    """Those that open something first."""

    tokens: list[TokenListed]


@get(
    "/api/v1/staff/tokens",
    summary="Tokens of other programs",
    tags=["staff"],
    guards=ADMIN,
    responses=problems(*STAFF),
)
async def get_tokens(context: NamedDependency[Context]) -> Tokens:
    return Tokens(await tokens.list_tokens(context))


@post(
    "/api/v1/staff/tokens",
    summary="Make a token for another program",
    description="Its `secret` is answered this once. A name is taken for good: made again, it is refused.",
    tags=["staff"],
    guards=ADMIN,
    responses=problems(*STAFF, errors.TokenExists),
)
async def post_token(
    request: StaffRequest, data: JSONBody[TokenWish], context: NamedDependency[Context]
) -> FreshToken:
    return await tokens.add_token(context, data, by=request.user.login)


@delete(
    "/api/v1/staff/tokens/{token:str}",
    summary="Revoke a token",
    description="It opens nothing any more, everywhere within five seconds. Again, nothing changes.",
    tags=["staff"],
    guards=ADMIN,
    responses=problems(*STAFF, errors.UnknownToken),
)
async def delete_token(request: StaffRequest, token: FromPath[str], context: NamedDependency[Context]) -> None:
    await tokens.revoke_token(context, token, by=request.user.login)


routes = [get_tokens, post_token, delete_token]
