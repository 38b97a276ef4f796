"""Somebody for each way of paying who pays, refuses, and tells us, in that provider's own way."""

import json
import secrets
from typing import Any, Protocol

from tests.sales.providers.stripe_server import StripeServer, signed
from tests.seating.box_office import BUYER, BoxOffice
from ticketing.kernel.money import Money
from ticketing.sales.charges import open_charge
from ticketing.sales.counter import CounterPayment, take_counter_payment
from ticketing.sales.desk import show_order
from ticketing.sales.model import HoldTickets, OrderRequest, OrderView, TicketRequest
from ticketing.sales.orders import place_order
from ticketing.sales.payments import take_what_was_said
from ticketing.sales.providers import PaymentProvider
from ticketing.sales.providers.demo import SIGNATURE_HEADER, DemoProvider


class Told:
    """A notice on its way: it can be delivered more than once."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self.headers = headers
        self.body = body


class Teller(Protocol):
    """One way of paying, from the outside. ``sends_back``: money that can't buy its seats is taken and sent back;
    the counter does not take it in the first place.
    """

    name: str
    sends_back: bool

    async def pay(self, order: OrderView, *, amount: int | None = None, order_id: str | None = None) -> Any:
        """Pay, and say how it is told; another sum or another order's number where a test says so."""
        ...

    async def tell(self, told: Any) -> None: ...


class Machine:
    """A provider that tells us by webhook."""

    sends_back = True

    def __init__(self, office: BoxOffice, name: str) -> None:
        self.office = office
        self.name = name

    @property
    def provider(self) -> PaymentProvider:
        return self.office.house.sales.providers.offered(self.name)

    async def tell(self, told: Told) -> None:
        said = self.provider.read_webhook(told.headers, told.body)
        await take_what_was_said(self.office.house.sales, self.name, said)


class DemoTeller(Machine):
    def __init__(self, office: BoxOffice) -> None:
        super().__init__(office, "demo")

    async def pay(self, order: OrderView, *, amount: int | None = None, order_id: str | None = None) -> Told:
        return self.said(order, "paid", amount=amount, order_id=order_id)

    async def refuse(self, order: OrderView) -> Told:
        return self.said(order, "refused")

    def said(
        self, order: OrderView, outcome: str, *, amount: int | None = None, order_id: str | None = None
    ) -> Told:
        provider = self.provider
        assert isinstance(provider, DemoProvider)
        body = json.dumps(
            {
                "event": secrets.token_hex(6),
                "charge": order_id or order.order,
                "outcome": outcome,
                "reference": secrets.token_hex(6),
                "amount": order.total.amount if amount is None else amount,
                "currency": order.total.currency,
            }
        ).encode()
        return Told({SIGNATURE_HEADER: provider.sign(body)}, body)


class StripeTeller(Machine):
    def __init__(self, office: BoxOffice, server: StripeServer) -> None:
        super().__init__(office, "stripe")
        self.server = server

    async def session(self, order: OrderView) -> dict[str, Any]:
        """The Checkout Session that our own start has opened for an order."""
        charge = await open_charge(self.office.house.sales, order.order, order.secret or "")
        url = await self.provider.start(charge)
        return self.server.sessions[url.rpartition("/")[2]]

    async def pay(self, order: OrderView, *, amount: int | None = None, order_id: str | None = None) -> Told:
        now = await show_order(self.office.house.sales, order.order, order.secret or "")
        if now.status == "awaiting_payment":
            session = await self.session(order)
            if session["status"] == "open":
                self.server.pay(session["id"], amount=amount)
                return self.said("checkout.session.completed", session, order_id)
        # Nothing is open for it any more: a page that was opened before, in another window.
        intent = self.server.take_money(amount or order.total.amount, order.total.currency.lower())
        session = {
            "id": f"cs_test_{secrets.token_hex(8)}",
            "payment_status": "paid",
            "payment_intent": intent,
            "amount_total": amount or order.total.amount,
            "currency": order.total.currency.lower(),
            "metadata": {"charge": order.order},
        }
        return self.said("checkout.session.completed", session, order_id)

    async def refuse(self, order: OrderView) -> Told:
        return self.said("checkout.session.async_payment_failed", await self.session(order))

    def said(self, kind: str, session: dict[str, Any], order_id: str | None = None) -> Told:
        if order_id:
            session = session | {"metadata": {"charge": order_id}}
        body = self.server.event(kind, session)
        return Told(signed(body), body)


class CounterTeller:
    """A person at the till."""

    name = "counter"
    sends_back = False

    def __init__(self, office: BoxOffice) -> None:
        self.office = office

    async def pay(
        self, order: OrderView, *, amount: int | None = None, order_id: str | None = None
    ) -> tuple[str, CounterPayment]:
        await self.office.at_till("till-1")
        money = Money(order.total.amount if amount is None else amount, order.total.currency)
        return order_id or order.order, CounterPayment(secrets.token_hex(6), "cash", money)

    async def tell(self, told: tuple[str, CounterPayment]) -> None:
        await take_counter_payment(self.office.house.sales, *told, "till-1")


async def order_by(office: BoxOffice, provider: str, *seats: str) -> OrderView:
    """An order that is to be paid in this way."""
    hold = await office.hold(*seats)
    request = OrderRequest(
        [HoldTickets(hold.hold, [TicketRequest(seat, "full") for seat in hold.seats])], BUYER, payment=provider
    )
    return await place_order(office.house.sales, request, secrets.token_hex(8))
