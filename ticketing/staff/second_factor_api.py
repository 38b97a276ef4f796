"""The second step over JSON: one's own, and taken away from somebody whose telephone is gone."""

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.wire import problems
from ticketing.staff import second_factor
from ticketing.staff.codes import CODE_SIGNS_MAX
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import PASSWORD_SIGNS_MAX, Role
from ticketing.staff.second_factor import AuthenticatorSecret, RecoveryCodes, SecondFactorState

ONE_S_OWN = [requires(*Role, before_second_factor=True)]
STAFF = (errors.Unauthenticated, errors.DeviceRevoked, errors.Forbidden)
PLACE = "/api/v1/staff/second-factor"


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code of the moment, or a recovery code."""

    code: Annotated[str, Meta(min_length=1, max_length=CODE_SIGNS_MAX)]


class Password(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own password, once more."""

    password: Annotated[str, Meta(min_length=1, max_length=PASSWORD_SIGNS_MAX)]


@get(
    PLACE,
    summary="One's own second step",
    tags=["staff"],
    guards=ONE_S_OWN,
    responses=problems(*STAFF, errors.UnknownStaff),
)
async def get_second_factor(request: StaffRequest, context: NamedDependency[Context]) -> SecondFactorState:
    return await second_factor.second_factor_of(context, request.user)


@post(
    PLACE,
    summary="Begin to set up a second step",
    description="Takes the password. The secret is for an authenticator, and counts once a code has proven it.",
    tags=["staff"],
    guards=ONE_S_OWN,
    responses=problems(*STAFF, errors.WrongCredentials, errors.SecondFactorThere),
)
async def post_second_factor(
    request: StaffRequest, data: JSONBody[Password], context: NamedDependency[Context]
) -> AuthenticatorSecret:
    client = request.client.host if request.client else ""
    return await second_factor.begin_second_factor(context, request.user.login, data.password, client)


@post(
    PLACE + "/confirmation",
    summary="Prove the second step by a code",
    description="Answers the recovery codes, this once. Other sign-ins of the account end.",
    tags=["staff"],
    status_code=200,
    guards=ONE_S_OWN,
    responses=problems(*STAFF, errors.WrongCode, errors.SecondFactorThere, errors.UnknownStaff),
)
async def post_confirmation(
    request: StaffRequest, data: JSONBody[Code], context: NamedDependency[Context]
) -> RecoveryCodes:
    return await second_factor.confirm_second_factor(context, request.user.login, data.code, request.auth)


@post(
    PLACE + "/recovery-codes",
    summary="Make new recovery codes",
    description="Those before work no more.",
    tags=["staff"],
    status_code=200,
    guards=ONE_S_OWN,
    responses=problems(*STAFF, errors.WrongCode, errors.UnknownStaff),
)
async def post_recovery_codes(
    request: StaffRequest, data: JSONBody[Code], context: NamedDependency[Context]
) -> RecoveryCodes:
    return await second_factor.renew_recovery_codes(context, request.user.login, data.code)


@post(
    PLACE + "/removal",
    summary="Switch one's own second step off",
    tags=["staff"],
    status_code=204,
    guards=ONE_S_OWN,
    responses=problems(*STAFF, errors.WrongCode, errors.UnknownStaff),
)
async def post_removal(request: StaffRequest, data: JSONBody[Code], context: NamedDependency[Context]) -> None:
    await second_factor.remove_second_factor(context, request.user, data.code)


@delete(
    "/api/v1/staff/accounts/{login:str}/second-factor",
    summary="Take away somebody's second step, whose telephone is gone",
    description="They sign in with their password, and set up another. Again, nothing changes.",
    tags=["staff"],
    guards=[requires(Role.ADMIN, everywhere=True)],
    responses=problems(*STAFF, errors.UnknownStaff),
)
async def delete_second_factor(
    request: StaffRequest, login: FromPath[str], context: NamedDependency[Context]
) -> None:
    await second_factor.reset_second_factor(context, login, by=request.user.login)


routes = [
    get_second_factor,
    post_second_factor,
    post_confirmation,
    post_recovery_codes,
    post_removal,
    delete_second_factor,
]
