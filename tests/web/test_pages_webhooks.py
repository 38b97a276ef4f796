"""Webhooks at the desk: made with a secret shown once, tried, seen to fail, sent again, ended."""

import re
import uuid
from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.factories import PASSWORD, Factory
from tests.sales.receiver import Receiver, receiving
from tests.web.visitor import Visitor
from ticketing.kernel.context import Context
from ticketing.kernel.settings import Settings
from ticketing.sales.webhooks.delivering import deliver_next
from ticketing.staff.model import Role

PAGE = "/en/desk/webhooks"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a house whose programs live on its own machine."""
    return msgspec.structs.replace(settings, webhooks_inner=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


async def test_from_making_one_to_its_end(
    visitor: Visitor, factory: Factory, context: Context, receiver: Receiver
) -> None:
    festival = await factory.festival()
    await factory.festival()
    await factory.staff(Role.ORGANISER, "olga", festival=festival)
    await visitor.sign_in("olga", PASSWORD)
    await visitor.open(PAGE)
    making = visitor.form(PAGE)
    assert making.value("festival") == festival
    told = await visitor.send(making, url="https://me:word@example.org", kind=["order.confirmed"])
    assert told.status_code == 422
    assert "without a name or password" in visitor.text()
    assert "https://me:word@example.org" in told.text  # what was typed stays
    assert (await visitor.send(making, url=receiver.url, kind=[])).status_code == 422
    assert (await visitor.send(making, url=receiver.url, kind=["order.confirmed"], webhook="x")).status_code == 422
    made = await visitor.send(making, url=receiver.url, kind=["order.confirmed", "screening.changed"])
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", made.text)
    assert secret not in (await visitor.open(PAGE)).text
    receiver.answer = "500 Oh"
    ping = visitor.form("/pings")
    await visitor.send(ping)
    await visitor.send(ping)  # by an impatient finger
    while await deliver_next(context):
        pass
    await visitor.open(PAGE)
    assert "A test waiting" in visitor.text()
    assert "1 try · it answered something else than 2xx (500)" in visitor.text()
    receiver.answer = "200 OK"
    await context.postgres.execute("update webhook_delivery set next_try_at = now()")
    await deliver_next(context)
    await visitor.open(PAGE)
    assert "A test delivered" in visitor.text()
    (again,) = [form for form in visitor.forms() if "/deliveries/" in form.action]
    all_of_it = f"{PAGE}/{festival}/{again.action.split('/')[-3]}"
    assert f'href="{all_of_it}"' in (await visitor.open(PAGE)).text
    await visitor.open(all_of_it)
    assert "A test delivered" in visitor.text()
    assert [form.action for form in visitor.forms() if "/deliveries/" in form.action] == [again.action]
    await visitor.send(again)
    await visitor.send(again)
    await deliver_next(context)
    assert len(receiver.calls) == 3
    await visitor.open(PAGE)
    await visitor.send(visitor.form("/ending"))
    assert "Ended" in visitor.text()
    assert (await visitor.send(ping)).status_code == 409
    for language in ("kk", "ru", "fr"):
        assert (await visitor.open(f"/{language}/desk/webhooks")).status_code == 200


async def test_over_json(visitor: Visitor, factory: Factory, context: Context, receiver: Receiver) -> None:
    festival, other = await factory.festival(), await factory.festival()
    client = visitor.client
    client.headers["authorization"] = f"Bearer {await factory.staff(Role.ORGANISER)}"
    webhook = uuid.uuid4()
    address = f"/api/v1/festivals/{festival}/webhooks/{webhook}"
    terms = {"url": receiver.url, "kinds": ["order.confirmed"]}
    for status, place, body in [
        (422, address, {}),
        (422, address, {"url": "ftp://x"}),
        (422, address, {"url": 1}),
        (422, address, {**terms, "kinds": []}),
        (422, address, {**terms, "kinds": ["order.everything"]}),
        (422, address, {**terms, "secret": "mine"}),
        (422, address, {**terms, "url": "https://a\x00b/"}),
        (404, "/api/v1/festivals/nowhere/webhooks/" + str(webhook), terms),
        (422, "/api/v1/festivals/%00/webhooks/" + str(webhook), terms),
        (404, "/api/v1/festivals/Semaine%20fran%C3%A7aise/webhooks/" + str(webhook), terms),
        (404, f"/api/v1/festivals/{'a' * 300}/webhooks/" + str(webhook), terms),
        (404, f"/api/v1/festivals/{festival}/webhooks/first", terms),
    ]:
        answer = await client.put(place, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), place
    first, again = [(await client.put(address, json=terms)).json() for _ in range(2)]
    assert first == again
    assert (await client.put(address.replace(festival, other), json=terms)).json()["code"] == "unknown_webhook"
    ping, missing = str(uuid.uuid4()), str(uuid.uuid4())
    answers = [(await client.post(f"{address}/pings", json={"ping": ping})).json() for _ in range(2)]
    assert answers[0] == answers[1]
    await deliver_next(context)
    replay = {"replay": str(uuid.uuid4())}
    replayed = await client.post(f"{address}/deliveries/{ping}/replays", json=replay)
    assert (replayed.json()["delivered_at"], replayed.json()["attempts"]) == (None, 0)
    assert (await client.post(f"{address}/deliveries/{missing}/replays", json=replay)).status_code == 404
    await deliver_next(context)
    (delivery,) = (await client.get(f"{address}/deliveries")).json()["deliveries"]
    assert (delivery["delivery"], delivery["last_status"]) == (ping, 204)
    # Of one moment, so that the cursor tells them apart by their names.
    others = [str(uuid.uuid4()) for _ in range(4)]
    for one in others:
        await client.post(f"{address}/pings", json={"ping": one})
    await context.postgres.execute("update webhook_delivery set created_at = now()")
    found: list[str] = []
    asked: dict[str, str] = {"limit": "2"}
    while asked:
        listed = (await client.get(f"{address}/deliveries", params=asked)).json()
        found += [one["delivery"] for one in listed["deliveries"]]
        asked = {"limit": "2", "cursor": listed["next"]} if listed["next"] else {}
    assert found == sorted([ping, *others])
    for wrong in ("x", "WzEsMl0=", "é"):
        assert (await client.get(f"{address}/deliveries", params={"cursor": wrong})).status_code == 422
    await context.postgres.execute("delete from webhook_delivery where delivery_id <> $1", uuid.UUID(ping))
    assert [call.headers["webhook-id"] for call in receiver.calls] == [ping, ping]
    assert [(await client.delete(address)).status_code for _ in range(2)] == [204, 204]
    assert (await client.put(address, json=terms)).json()["code"] == "webhook_ended"
    (listed,) = (await client.get(f"/api/v1/festivals/{festival}/webhooks")).json()["webhooks"]
    assert "secret" not in listed
    assert listed["ended_by"]
    client.headers["authorization"] = f"Bearer {await factory.staff(Role.SUPERVISOR)}"
    assert (await client.get(f"/api/v1/festivals/{festival}/webhooks")).status_code == 403
