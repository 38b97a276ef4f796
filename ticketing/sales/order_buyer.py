"""Who an order is of, as it is shown."""

import msgspec


class OrderBuyer(msgspec.Struct, frozen=True):
    """The buyer of an order. Either is empty where it was not asked for, as at the counter or in the rush line, and
    where it was erased since.
    """

    email: str
    name: str
