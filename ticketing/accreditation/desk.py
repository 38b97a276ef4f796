"""The accreditation desk: what stands ready for everything that happens there."""

import dataclasses

from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.tickets.keys import SigningKeys


@dataclasses.dataclass(frozen=True, slots=True)
class Accreditations:
    """What the verbs of this package need. One per process."""

    context: Context
    catalogue: Catalogue
    keys: SigningKeys
