"""What the pages of an evening share: the screening that somebody at the door asks for."""

import dataclasses
from typing import Final

from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from ticketing.door.before_film.presence import screening_for
from ticketing.programme.model import Screening
from ticketing.sales.desk import Sales
from ticketing.staff.guards import StaffRequest
from ticketing.web.pages.languages import require_language

HOUSE: Final = "/{language:str}/door/house/{screening:str}"


@dataclasses.dataclass(frozen=True, slots=True)
class Evening:
    """A screening within the asker's reach, and who asks in which language."""

    request: StaffRequest
    sales: Sales
    language: str
    screening: Screening

    @property
    def screening_id(self) -> str:
        """The id of the screening."""
        return self.screening.screening_id

    @property
    def login(self) -> str:
        """Who asks."""
        return self.request.user.login


async def evening_of(
    request: StaffRequest, sales: NamedDependency[Sales], language: FromPath[str], screening: FromPath[str]
) -> Evening:
    """The screening that the address names.

    Raises:
        Missing, UnknownScreening, OutOfReach, DatabaseUnavailable
    """
    require_language(language)
    return Evening(request, sales, language, await screening_for(sales, screening, request.user))


EVENING: Final = {"evening": Provide(evening_of)}
"""What the handlers below `HOUSE` are given."""
