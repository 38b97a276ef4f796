"""Devices of the door: enrolled once, tied to their gates, taken out of use."""

from datetime import timedelta

import pytest

from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.kernel.errors import DeviceRevoked, EnrolmentOver, InvalidField, UnknownDevice
from ticketing.staff import devices
from ticketing.staff.model import Role


async def test_a_link_enrols_once_and_its_token_names_a_post(context: Context) -> None:
    link = await devices.add_device(context, "Phone 1", ["arman"], ["North", "South"], by="saule")
    assert await devices.show_enrolment(context, link.secret) == ("Phone 1", ("North", "South"))
    enrolled = await devices.enrol_device(context, link.secret)
    with pytest.raises(EnrolmentOver):
        await devices.enrol_device(context, link.secret)
    principal = await devices.principal_of_device(context, enrolled.token)
    assert principal is not None
    assert principal.post is not None
    assert (principal.role, principal.post.venues, principal.post.gates) == (
        Role.DOOR,
        ("arman",),
        ("North", "South"),
    )
    acts = [row["act"] for row in await context.postgres.fetch("select act from audit order by audit_id")]
    assert acts == ["device_added", "device_enrolled"]


async def test_a_revoked_device_may_do_nothing(context: Context) -> None:
    link = await devices.add_device(context, "Phone 1", ["arman"], ["North"], by="saule")
    enrolled = await devices.enrol_device(context, link.secret)
    (listed,) = await devices.list_devices(context)
    assert await devices.principal_of_device(context, enrolled.token) is not None
    for _ in range(2):
        await devices.revoke_device(context, listed.device, by="saule")
    with pytest.raises(DeviceRevoked):
        await devices.principal_of_device(context, enrolled.token)
    with pytest.raises(UnknownDevice):
        await devices.renew_enrolment(context, listed.device, by="saule")
    assert await context.postgres.fetchval("select count(*) from audit where act = 'device_revoked'") == 1


async def test_links_and_devices_have_an_end(context: Context, clock: ShiftedClock) -> None:
    link = await devices.add_device(context, "Phone 1", ["arman"], ["North"], by="saule")
    clock.ahead = timedelta(seconds=devices.ENROLMENT_TTL_S + 1)
    with pytest.raises(EnrolmentOver):
        await devices.enrol_device(context, link.secret)
    (listed,) = await devices.list_devices(context)
    again = await devices.renew_enrolment(context, listed.device, by="saule")
    enrolled = await devices.enrol_device(context, again.secret)
    clock.ahead += timedelta(seconds=devices.DEVICE_TTL_S + 1)
    with pytest.raises(DeviceRevoked):
        await devices.principal_of_device(context, enrolled.token)


@pytest.mark.parametrize(
    ("name", "venues", "gates"),
    [("", ["a"], ["N"]), ("x" * 65, ["a"], ["N"]), ("x", [], ["N"]), ("x", ["a"], []), ("x", ["a"], ["a\x00"])],
)
async def test_a_device_that_can_not_be(context: Context, name: str, venues: list[str], gates: list[str]) -> None:
    with pytest.raises(InvalidField):
        await devices.add_device(context, name, venues, gates, by="saule")
    assert await devices.list_devices(context) == []


@pytest.mark.parametrize("text", ["", "x", "door." + "a" * 43, "é" * 22, "a" * 22, "a" * 5000])
async def test_a_strangers_token_and_link_open_nothing(context: Context, text: str) -> None:
    assert await devices.principal_of_device(context, text) is None
    with pytest.raises(EnrolmentOver):
        await devices.enrol_device(context, text)
