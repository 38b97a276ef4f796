"""Accounts over JSON: seen by supervisors, made and mended by administrators."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from ticketing.kernel import errors
from ticketing.kernel.context import Context
from ticketing.kernel.wire import problems
from ticketing.staff import accounts, people
from ticketing.staff.guards import PUBLIC, StaffRequest, requires
from ticketing.staff.model import PASSWORD_SIGNS_MAX, Role, StaffAccount
from ticketing.staff.people import GrantWish, PasswordLink

ADMIN = [requires(Role.ADMIN, everywhere=True)]
STAFF = (errors.Unauthenticated, errors.DeviceRevoked, errors.Forbidden)


class People(msgspec.Struct, frozen=True):
    """Accounts by login, those who have left included."""

    accounts: list[StaffAccount]


class PersonWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an account may do from now on. While its ``status`` is closed, its owner can't sign in."""

    grants: Annotated[tuple[GrantWish, ...], Meta(min_length=1, max_length=accounts.GRANTS_MAX)]
    status: Literal["open", "closed"] = "open"


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``secret`` is that of a link."""

    secret: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=PASSWORD_SIGNS_MAX)]


class PasswordSet(msgspec.Struct, frozen=True):
    """Whose password it is."""

    login: str
    at: datetime


@get(
    "/api/v1/staff/accounts",
    summary="Who works here, and what they may",
    tags=["staff"],
    guards=[requires(Role.SUPERVISOR)],
    responses=problems(*STAFF),
)
async def get_accounts(request: StaffRequest, context: NamedDependency[Context]) -> People:
    """Those who work where one supervises."""
    return People(await people.list_people(context, request.user))


@put(
    "/api/v1/staff/accounts/{login:str}",
    summary="Add an account, or change what it may do",
    description="A new one has no password: make a link for its owner. The same again changes nothing.",
    tags=["staff"],
    guards=ADMIN,
    responses=problems(*STAFF, errors.LastAdmin),
)
async def put_account(
    request: StaffRequest, login: FromPath[str], data: JSONBody[PersonWish], context: NamedDependency[Context]
) -> StaffAccount:
    grants = [wish.grant() for wish in data.grants]
    person = await people.set_person(context, login, grants, by=request.user.login)
    wanted = data.status == "open"
    if person.active is wanted:
        return person
    act = accounts.enable_staff if wanted else accounts.disable_staff
    await act(context, login, by=request.user.login)
    return await people.show_person(context, login)


@post(
    "/api/v1/staff/accounts/{login:str}/password-link",
    summary="Make a link by which somebody sets a password",
    description="It opens once, within a day, at `/{language}/staff/password/{secret}`. Made again, the one before "
    "opens nothing any more.",
    tags=["staff"],
    guards=ADMIN,
    responses=problems(*STAFF, errors.UnknownStaff),
)
async def post_password_link(
    request: StaffRequest, login: FromPath[str], context: NamedDependency[Context]
) -> PasswordLink:
    return await people.make_password_link(context, login, by=request.user.login)


@post(
    "/api/v1/staff/passwords",
    summary="Set a password by a link",
    description="The link is taken, and whoever was signed in to the account no longer is.",
    tags=["staff"],
    opt=PUBLIC,
    responses=problems(errors.PasswordLinkOver),
)
async def post_password(data: JSONBody[NewPassword], context: NamedDependency[Context]) -> PasswordSet:
    login = await people.take_password_link(context, data.secret, data.password)
    return PasswordSet(login, context.clock.now())


routes = [get_accounts, put_account, post_password_link, post_password]
