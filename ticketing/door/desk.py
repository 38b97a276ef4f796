"""The door's desk: what stands ready for everything that happens there."""

import dataclasses

from ticketing.door.book import ScanBook
from ticketing.kernel.context import Context
from ticketing.programme.catalogue import Catalogue
from ticketing.tickets.keys import SigningKeys


@dataclasses.dataclass(frozen=True, slots=True)
class Door:
    """What the verbs of this package need. One per process."""

    context: Context
    catalogue: Catalogue
    keys: SigningKeys
    book: ScanBook = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book", ScanBook(self.context.postgres))
