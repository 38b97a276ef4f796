"""A link to an allotment from the desk to the guest, without scripts."""

from tests.factories import PASSWORD, Factory
from tests.web.visitor import Visitor
from ticketing.staff.model import Role


async def test_made_used_and_taken_back(visitor: Visitor, factory: Factory) -> None:
    screening = await factory.screening()
    await factory.staff(Role.SUPERVISOR, "sara")
    await visitor.sign_in("sara", PASSWORD)
    place = f"/en/desk/allotments/{screening}"
    await visitor.open(place)
    await visitor.send(visitor.forms()[-1], owner="The jury", seats="A-1, A-2, A-3")
    assert (await visitor.send(visitor.form("/links"), ends_at="soon")).status_code == 422
    await visitor.open(place)
    await visitor.send(visitor.form("/links"), seats_max="2")
    assert "0 of 2 seats taken" in visitor.text()
    assert visitor.page is not None
    address = visitor.page.text.partition('readonly value="')[2].partition('"')[0]
    link = address[address.index("/en/allotments/") :]

    assert "Choose up to 2 seats" in (await visitor.open(link), visitor.text())[1]
    assert "What a seat costs" not in visitor.text()
    for tariffs in (["student"], []):
        await factory.postgres.execute("update allotment set tariffs = $1", tariffs)
        await visitor.open(link)
        told = visitor.text().partition("What a seat costs:")[2].partition(".")[0]
        assert ("2,000" in told) == bool(tariffs)
    page = await visitor.send(visitor.form(link), name="", seat=["A-1"])
    assert page.status_code == 422
    assert 'value="A-1" checked' in page.text
    page = await visitor.send(visitor.form(link), name="Дана", seat=["A-1", "A-2"], companions="Олжас")
    assert "/orders/" in str(page.url)
    assert "Олжас" in visitor.text()
    page = await visitor.open(link)
    assert "All seats are taken" in visitor.text()

    await visitor.open(place)
    assert "2 of 3 with a ticket (67 %)" in visitor.text()
    await visitor.send(visitor.form("/links/revocation"))
    assert "taken back" in visitor.text()
    for language in ("kk", "ru", "fr"):
        page = await visitor.open(link.replace("/en/", f"/{language}/"))
        assert page.status_code == 200
    assert (await visitor.open(f"/en/allotments/{'x' * 44}")).status_code == 404
