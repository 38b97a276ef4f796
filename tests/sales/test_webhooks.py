"""Webhooks: told once, signed, tried again, and never into a network."""

import asyncio
import re
import socket
import ssl
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from prometheus_client import REGISTRY

from tests.sales.receiver import Call, Receiver, receiving
from tests.seating.box_office import BUYER, BoxOffice
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import UnknownWebhook, WebhookEnded, WebhooksFull
from ticketing.kernel.settings import Settings
from ticketing.sales.changes.cancellation import cancel_order
from ticketing.sales.ledger import seal_ledger
from ticketing.sales.webhooks import keeping
from ticketing.sales.webhooks.delivering import deliver_next, forget_deliveries, measure_deliveries
from ticketing.sales.webhooks.events import note_events
from ticketing.sales.webhooks.model import PAUSES_S, TRIES_MAX, WEBHOOKS_MAX, WebhookTerms
from ticketing.sales.webhooks.posting import ANSWER_BYTES_MAX, Answer, post

GUIDE = Path(__file__).parents[2] / "docs" / "webhooks.md"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a house whose programs live on its own machine."""
    return msgspec.structs.replace(settings, webhooks_inner=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


class Hooked:
    """A festival on sale whose one webhook goes to a receiver."""

    def __init__(self, office: BoxOffice, receiver: Receiver) -> None:
        self.office, self.receiver, self.context = office, receiver, office.context
        self.festival, self.secret, self.webhook = "", "", uuid.uuid4()

    @classmethod
    async def opened(cls, context: Context, receiver: Receiver) -> "Hooked":
        hooked = cls(await BoxOffice.opened(context, rules={"refund_until_minutes": 0}), receiver)
        hooked.festival = await hooked.office.fetchval("select festival_id from screening")
        terms = WebhookTerms(receiver.url)
        fresh = await keeping.set_webhook(context, hooked.festival, hooked.webhook, terms, by="olga")
        hooked.secret = fresh.secret
        return hooked

    async def tell(self) -> list[dict[str, Any]]:
        """Everything that is due, told; what the receiver was told by it."""
        before = len(self.receiver.calls)
        while await seal_ledger(self.context):
            pass
        while await note_events(self.context):
            pass
        while await deliver_next(self.context):
            pass
        return [call.told for call in self.receiver.calls[before:]]

    async def listed(self) -> list[Any]:
        return list((await keeping.list_deliveries(self.context, self.festival, self.webhook, 200)).deliveries)

    async def measured(self, name: str) -> float:
        await measure_deliveries(self.context)
        return REGISTRY.get_sample_value(f"ticketing_webhook_deliveries_{name}") or 0

    async def ping(self) -> uuid.UUID:
        ping = uuid.uuid4()
        await keeping.ping_webhook(self.context, self.festival, self.webhook, ping, by="olga")
        return ping


@pytest.fixture
async def hooked(context: Context, receiver: Receiver) -> Hooked:
    return await Hooked.opened(context, receiver)


def verified(call: Call, secret: str) -> bool:
    """By the very lines of the guide."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    known: dict[str, Any] = {}
    exec(code, known)
    return bool(known["verify"](secret, call.headers, call.body))


async def test_orders_and_screenings_are_told_signed_and_without_a_name(hooked: Hooked) -> None:
    office = hooked.office
    assert await hooked.tell() == []  # the screening was there before the webhook
    order = await office.sell("A-1", "A-2")
    (told,) = await hooked.tell()
    assert (told["type"], told["data"]["order"], told["data"]["festival"]) == (
        "order.confirmed",
        order.order,
        hooked.festival,
    )
    assert (told["data"]["amount"], told["data"]["currency"], told["data"]["ticket_count"]) == (700_000, "KZT", 2)
    assert [one["seat"] for one in told["data"]["tickets"]] == ["A-1", "A-2"]
    await cancel_order(office.house.sales, order.order, order.secret or "", [order.tickets[0].ticket])
    now = hooked.context.clock.now()
    await hooked.context.postgres.execute(
        "update screening set doors_at = doors_at - interval '1 minute', changed_at = $1", now
    )
    given_back, changed = sorted(await hooked.tell(), key=lambda one: one["type"])
    assert (given_back["type"], given_back["data"]["order_status"]) == ("order.cancelled", "confirmed")
    assert [one["seat"] for one in given_back["data"]["tickets"]] == ["A-1"]
    assert (changed["type"], changed["data"]["screening"]) == ("screening.changed", office.screening)
    assert await hooked.tell() == []
    for call in hooked.receiver.calls:
        assert verified(call, hooked.secret)
        assert not verified(changed_in(call, body=call.body + b" "), hooked.secret)
        text = call.body.decode() + str(call.headers)
        assert BUYER.email not in text
        assert BUYER.name not in text
    assert all(one.delivered_at and one.last_status == 204 for one in await hooked.listed())


def changed_in(call: Call, **changes: Any) -> Call:
    return msgspec.structs.replace(call, **changes)


async def test_each_thing_is_told_once_by_three_workers_at_once(hooked: Hooked) -> None:
    sold = [(await hooked.office.sell(seat)).order for seat in ("A-1", "B-1", "C-1", "D-1", "E-1")]
    await seal_ledger(hooked.context)
    await asyncio.gather(*(note_events(hooked.context) for _ in range(3)))
    await asyncio.gather(*(note_events(hooked.context) for _ in range(3)))

    async def work() -> None:
        for _ in range(12):
            await deliver_next(hooked.context)

    await asyncio.gather(*(work() for _ in range(3)))
    assert sorted(call.told["data"]["order"] for call in hooked.receiver.calls) == sorted(sold)
    ids = [call.headers["webhook-id"] for call in hooked.receiver.calls]
    assert len(set(ids)) == len(ids) == 5


async def test_it_is_tried_again_at_its_times_given_up_and_sent_anew(hooked: Hooked, clock: ShiftedClock) -> None:
    receiver = hooked.receiver
    receiver.answer = "500 Internal Server Error"
    await hooked.ping()
    assert len(await hooked.tell()) == 1
    assert await hooked.tell() == []
    for pause in PAUSES_S:
        assert (await hooked.measured("waiting"), await hooked.measured("given_up")) == (1, 0)
        clock.ahead += timedelta(seconds=pause - 2)
        assert await hooked.tell() == []
        assert await hooked.measured("oldest_seconds") >= pause - 2
        clock.ahead += timedelta(seconds=3)
        assert len(await hooked.tell()) == 1
    (given_up,) = await hooked.listed()
    assert given_up.failed_at
    assert (await hooked.measured("waiting"), await hooked.measured("given_up")) == (0, 1)
    assert (given_up.attempts, given_up.last_status, given_up.last_problem) == (TRIES_MAX, 500, "status")
    clock.ahead += timedelta(days=1)
    assert await hooked.tell() == []
    receiver.answer = "200 OK"
    replay = uuid.uuid4()
    for _ in range(2):
        await keeping.replay_delivery(
            hooked.context, hooked.festival, hooked.webhook, given_up.delivery, replay, by="olga"
        )
        await hooked.tell()
    assert len(receiver.calls) == TRIES_MAX + 1  # the same replay again is none
    first, last = receiver.calls[0], receiver.calls[-1]
    assert (first.headers["webhook-id"], first.body) == (last.headers["webhook-id"], last.body)
    assert first.headers["webhook-signature"] != last.headers["webhook-signature"]
    clock.ahead += timedelta(days=31)
    assert await forget_deliveries(hooked.context) == 1
    assert await hooked.listed() == []


async def test_whoever_is_gone_is_told_nothing_more(hooked: Hooked) -> None:
    hooked.receiver.answer = "410 Gone"
    await hooked.ping()
    waiting = await hooked.ping()
    assert len(await hooked.tell()) == 1
    (webhook,) = await keeping.list_webhooks(hooked.context, [hooked.festival])
    assert webhook.ended_by == "(webhook)"
    assert all(one.failed_at for one in webhook.deliveries)
    with pytest.raises(WebhookEnded):
        await hooked.ping()
    with pytest.raises(WebhookEnded):
        await keeping.replay_delivery(
            hooked.context, hooked.festival, hooked.webhook, waiting, uuid.uuid4(), by="olga"
        )


async def test_a_worker_that_died_at_it_is_followed_by_another(hooked: Hooked, clock: ShiftedClock) -> None:
    await hooked.ping()
    await hooked.context.postgres.execute(
        "update webhook_delivery set attempts = 1, next_try_at = $1, busy_until = $1",
        clock.now() + timedelta(seconds=30),
    )
    assert await hooked.tell() == []
    clock.ahead += timedelta(seconds=31)
    assert len(await hooked.tell()) == 1


async def test_servers_that_mean_no_good(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """One redirects into the house, one answers a gigabyte, one hangs, one is not there."""
    async with receiving() as house:
        receiver.answer, receiver.headers = "302 Found", f"location: {house.url}\r\n"
        assert await post(receiver.url, {}, b"{}", inner=True) == Answer(302, "status")
        assert house.calls == []
    receiver.answer, receiver.headers, receiver.endless = "200 OK", "", 2**30
    assert await post(receiver.url, {}, b"{}", inner=True) == Answer(200, None)
    # What lies in the buffers of both ends comes on top of what was read.
    assert receiver.sent < ANSWER_BYTES_MAX + 2**25
    receiver.endless, receiver.hangs = 0, True
    monkeypatch.setattr("ticketing.sales.webhooks.posting.CALL_S_MAX", 0.3)
    began_s = time.monotonic()
    assert await post(receiver.url, {}, b"{}", inner=True) == Answer(None, "slow")
    assert time.monotonic() - began_s < 3
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert await post(nobody, {}, b"{}", inner=True) == Answer(None, "no_connection")
    assert await post("https://nobody.invalid/", {}, b"{}", inner=False) == Answer(None, "unknown_name")


async def test_a_name_that_leads_into_the_house_is_not_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the name had another address when it was looked up before: it is looked up once a call."""
    port = int(receiver.url.split(":")[2].split("/")[0])
    looked_up: list[str] = []

    def rebound(host: str, *_: Any, **__: Any) -> list[Any]:
        looked_up.append(host)
        inner = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        outer = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))
        return [outer, inner] if len(looked_up) == 1 else [inner]

    monkeypatch.setattr("ticketing.sales.webhooks.posting.socket.getaddrinfo", rebound)
    url = f"http://rebound.example.org:{port}/"
    assert await post(url, {}, b"{}", inner=False) == Answer(None, "inner_address")
    assert looked_up == ["rebound.example.org"]
    assert await post(url, {}, b"{}", inner=False) == Answer(None, "inner_address")
    assert receiver.calls == []
    assert await post(f"{receiver.url}", {}, b"{}", inner=False) == Answer(None, "inner_address")


async def test_the_certificate_must_be_of_the_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The connection goes to an address, and what is checked is still whether it answers to the name."""
    authority, served = certified("hook.example.org", tmp_path)
    monkeypatch.setattr("ticketing.sales.webhooks.posting._trusted", lambda: authority)
    async with receiving(served) as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port)))]
        monkeypatch.setattr("ticketing.sales.webhooks.posting.socket.getaddrinfo", lambda *_, **__: found)
        assert await post(f"https://hook.example.org:{port}/", {}, b"{}", inner=True) == Answer(204, None)
        other = await post(f"https://other.example.org:{port}/", {}, b"{}", inner=True)
        assert other == Answer(None, "no_connection")
        assert len(receiver.calls) == 1


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate of this name alone: for who trusts it, and for who serves with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    kept = folder / "served.pem"
    kept.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(kept)
    return ssl.create_default_context(cadata=pem.decode()), served


async def test_making_them_is_bounded_and_of_one_festival(hooked: Hooked) -> None:
    context, festival = hooked.context, hooked.festival
    terms = WebhookTerms(hooked.receiver.url, ("screening.changed",))
    other = await hooked.office.factory.festival()
    with pytest.raises(UnknownWebhook):
        await keeping.set_webhook(context, other, hooked.webhook, terms, by="sara")
    with pytest.raises(UnknownWebhook):
        await keeping.end_webhook(context, other, hooked.webhook, by="sara")
    with pytest.raises(UnknownWebhook):
        await keeping.list_deliveries(context, other, hooked.webhook, 10)
    changed = await keeping.set_webhook(context, festival, hooked.webhook, terms, by="olga")
    assert changed.secret == hooked.secret
    await hooked.office.sell("A-1")
    assert await hooked.tell() == []  # it asked for screenings alone
    made = await asyncio.gather(
        *(keeping.set_webhook(context, festival, uuid.uuid4(), terms, by="olga") for _ in range(WEBHOOKS_MAX)),
        return_exceptions=True,
    )
    assert [type(one) for one in made].count(WebhooksFull) == 1
    await keeping.end_webhook(context, festival, hooked.webhook, by="olga")
    await keeping.end_webhook(context, festival, hooked.webhook, by="olga")
    with pytest.raises(WebhookEnded):
        await keeping.set_webhook(context, festival, hooked.webhook, terms, by="olga")
    acts = await context.postgres.fetch("select act from audit order by audit_id")
    assert [row["act"] for row in acts].count("webhook_ended") == 1
