"""Ways of paying, behind one narrow protocol. What a provider tells us becomes a :class:`PaymentNotice`."""

from ticketing.sales.providers.offered import Offer, Providers
from ticketing.sales.providers.protocol import (
    Charge,
    PaymentNotice,
    PaymentProvider,
    RefundNotice,
    RefundOwed,
    order_of_charge,
)

__all__ = [
    "Charge",
    "Offer",
    "PaymentNotice",
    "PaymentProvider",
    "Providers",
    "RefundNotice",
    "RefundOwed",
    "order_of_charge",
]
