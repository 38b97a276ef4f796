"""What is kept of a person, over JSON. By POST, so that no address stands in a link or a log."""

from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from ticketing.kernel import errors
from ticketing.kernel.wire import problems
from ticketing.sales.desk import Sales
from ticketing.sales.personal_data import (
    Erasure,
    ErasureRequest,
    Person,
    PersonalData,
    erase_person,
    show_personal_data,
)
from ticketing.staff.guards import StaffRequest, requires
from ticketing.staff.model import Role

# A person may have been to any festival: whoever tells or forgets them must see all.
ORGANISER = [requires(Role.ORGANISER, everywhere=True)]
REFUSALS: dict[int, Any] = problems(errors.Unauthenticated, errors.Forbidden)


@post(
    "/api/v1/personal-data",
    summary="What is kept of a person",
    description="All that names a mail address, to be handed to the person whose it is. The audit says that it was "
    "read.",
    tags=["personal data"],
    status_code=200,
    guards=ORGANISER,
    responses=REFUSALS,
)
async def read_personal_data(
    request: StaffRequest, sales: NamedDependency[Sales], data: JSONBody[Person]
) -> PersonalData:
    return await show_personal_data(sales, data.email, request.user.login)


@post(
    "/api/v1/personal-data/erasure",
    summary="Forget a person",
    description="Names and addresses go; tickets stay good, and amounts, tickets and the ledger stay as they are. "
    "Orders that wait for money or are owed some are kept and listed. Asked again, it does what is left.",
    tags=["personal data"],
    status_code=200,
    guards=ORGANISER,
    responses=REFUSALS,
)
async def erase_personal_data(
    request: StaffRequest, sales: NamedDependency[Sales], data: JSONBody[ErasureRequest]
) -> Erasure:
    return await erase_person(sales, data, request.user.login)


routes = [read_personal_data, erase_personal_data]
