"""The desk's reports without scripts: chosen, read, taken along, and a film week closed."""

import html
from datetime import timedelta

import pypdfium2
import pytest

from tests.factories import PASSWORD
from tests.insight.reported_week import ReportedWeek, report
from tests.web.visitor import Visitor
from ticketing.insight.reports.closing import over_at
from ticketing.kernel.clock import ShiftedClock
from ticketing.kernel.context import Context
from ticketing.staff.model import Role

PAGE = "/en/desk/reports"


@pytest.fixture
async def week(context: Context, clock: ShiftedClock, visitor: Visitor) -> ReportedWeek:
    """A week with five tickets sold, before an organiser who has signed in."""
    week = await ReportedWeek.opened(context, clock)
    await week.office.sell("A-1", "A-2", screening=week.midnight)
    await week.office.sell("B-1", "B-2", "B-3", screening=week.screenings[-1])
    await week.seal()
    await week.factory.staff(Role.ORGANISER, "olga")
    await visitor.sign_in("olga", PASSWORD)
    return week


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_textpage().get_text_range() for number in range(len(document))]


@pytest.mark.parametrize(
    ("by", "sums"),
    [
        ("film", [("The Animal Kingdom", 7_000), ("The Gentle Indifference of the World", 10_500)]),
        ("version", [("original version, French (Russian, Kazakh)", 7_000)]),
        ("city", [("Almaty", 7_000)]),
        ("tariff", [("Full price", 7_000)]),
        ("country", [("Kazakhstan", 7_000), ("France", 10_500)]),
        ("week", []),
    ],
)
async def test_totals_by_whatever_is_asked(
    visitor: Visitor, week: ReportedWeek, by: str, sums: list[tuple[str, int]]
) -> None:
    await visitor.open(f"{PAGE}?festival=&week={week.week}&by={by}")
    text = visitor.text()
    made = await report(week, "totals", week=week.week, by=(by,))
    assert sum(row["takings"]["amount"] for row in made["rows"]) == 1_750_000
    assert sum(row["admissions"] for row in made["rows"]) == 5
    for name, takings in sums:
        assert any(name in row["by"][by]["name"] for row in made["rows"]), made["rows"]
        assert name in text
        assert f"{takings:,}.00" in text
    assert text.count(" Total ") == 2  # two currencies are two sums
    assert [row["tsa_estimate"] for row in made["rows"] if row["takings"]["currency"] == "EUR"] == [
        {"amount": 112_560, "currency": "EUR"}
    ]


async def test_by_several_at_once_and_people_by_tariff(visitor: Visitor, week: ReportedWeek) -> None:
    await week.execute("update ticket set entries = 1 where seat in ('A-1', 'B-1')")
    made = await report(week, "totals", week=week.week, by=("country", "tariff"))
    shown = [(row["by"]["country"]["key"], row["by"]["tariff"]["key"], row["admitted"]) for row in made["rows"]]
    assert shown == [("FR", "full", 1), ("KZ", "full", 1)]
    await visitor.open(f"{PAGE}?festival=&week={week.week}&by=country&by=tariff")
    assert visitor.text().count("Full price") == 2


async def test_the_declarations_have_their_fields(visitor: Visitor, week: ReportedWeek) -> None:
    """D212-85 and D212-88, field by field, and no claim."""
    await visitor.open(f"{PAGE}?report=screening-statement&festival={week.almaty}&week={week.week}")
    text = visitor.text()
    for field in (
        "Original title",
        "Visa number 155123",
        "First number issued",
        "First number for the next screening",
        "Rights issued",
        "of which in pre-sale",
        "Rights cancelled",
        "Price",
        "Takings",
        "no homologated declaration",
    ):
        assert field in text
    assert "Full price other 3,500 ₸ 1 3 2 2 0 0 7,000 ₸" in text
    await visitor.open(f"{PAGE}?report=weekly-return&festival={week.paris}&week={week.week}")
    text = visitor.text()
    for field in (
        "Film week",
        "Number of screenings",
        "Times of screenings",
        "Admissions and takings by screening",
        "Takings of the week by tariff",
        "Distributor",
        "Visa number",
        "Version original version",
        "Rental rate, percent",
        "Flat rate",
        # 10,500.00 less 1,125.60 and 547.39; 47.5 percent of it, and a flat rate for each of two screenings.
        "Haut et Court 47.50 – 2 €10,500 €1,125.60 €547.39 €8,827.01 €4,192.83",
        "Kazakhfilm – 20,000.01 ₸ 2 €10,500 €1,125.60 €547.39 €8,827.01 40,000.02 ₸",
        "Distributor's share €4,192.83; 40,000.02 ₸",
        "TSA (estimate) €1,125.60",
        "no homologated declaration",
    ):
        assert field in text


@pytest.mark.parametrize(("language", "word"), [("kk", "Түсім"), ("ru", "Выручка"), ("fr", "Recettes")])
async def test_files_are_in_the_language_of_the_page(
    visitor: Visitor, week: ReportedWeek, language: str, word: str
) -> None:
    await visitor.open(f"/{language}/desk/reports?report=weekly-return&festival=&week={week.week}")
    assert word in visitor.text()
    query = f"report=weekly-return&festival=&week={week.week}"
    assert "Haut et Court; Kazakhfilm" in visitor.text()
    assert visitor.page is not None
    for written_as in ("pdf", "xlsx", "csv", "json"):
        assert f"/file?{query}&format={written_as}" in html.unescape(visitor.page.text)
    pdf = await visitor.open(f"/{language}/desk/reports/file?{query}&format=pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].endswith('.pdf"')
    pages = pages_of(pdf.content)
    assert len(pages) == 3
    assert all(word in page and f"{number} / 3" in page for number, page in enumerate(pages, start=1))
    assert "155123" in "".join(pages)
    assert "Haut et Court; Kazakhfilm" in "".join(pages)


async def test_every_report_is_printed_and_sums_stand_on_it(visitor: Visitor, week: ReportedWeek) -> None:
    for name in ("admissions", "takings", "totals", "screening-statement"):
        answer = await visitor.open(f"{PAGE}/file?report={name}&week={week.week}&format=pdf")
        text = "".join(pages_of(answer.content))
        assert "Total" in text
        assert ("7,000.00" in text or "7,000" in text) == (name != "admissions")
    empty = await visitor.open(f"{PAGE}/file?report=totals&week=2001-01-01&format=pdf")
    assert "Nothing found." in "".join(pages_of(empty.content))


async def test_a_week_is_closed_by_its_button(visitor: Visitor, week: ReportedWeek) -> None:
    address = f"{PAGE}?report=weekly-return&festival={week.almaty}&week={week.week}"
    await visitor.open(address)
    assert "Close this week" not in visitor.text()
    early = {"festival": week.almaty, "week": str(week.week)}
    await visitor.open("/en/desk/sessions")
    token = next(dict(form.fields)["_csrf_token"] for form in visitor.forms() if "_csrf_token" in dict(form.fields))
    answer = await visitor.client.post(f"{PAGE}/closed-weeks", data={"_csrf_token": token, **early})
    assert answer.status_code == 409
    assert "This week is not over" in answer.text
    week.clock.ahead = over_at(week.week) - week.now + timedelta(minutes=1)
    visitor.client.cookies.clear()
    await visitor.sign_in("olga", PASSWORD)
    await visitor.open(address)
    await visitor.send(visitor.form("/closed-weeks"))
    assert "Their figures are final" in visitor.text()
    assert "Close this week" not in visitor.text()
    assert await week.fetchval("select closed_by from closed_week") == "olga"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("report=profits", 404),
        ("festival=nowhere", 404),
        ("festival=%00", 404),
        ("week=soon", 422),
        ("week=0001-01-01", 422),
        ("from=2026-01-01", 422),
        ("from=2026-01-02&to=2026-01-01", 422),
        ("by=colour", 422),
    ],
)
async def test_what_can_t_be_is_told_in_place(
    visitor: Visitor, week: ReportedWeek, asked: str, status: int
) -> None:
    assert week.week
    answer = await visitor.open(f"{PAGE}?{asked}")
    assert answer.status_code == status
    assert 'id="problem"' in answer.text
    assert (await visitor.open(f"{PAGE}/file?format=pdf&{asked}")).status_code == status
    assert (await visitor.open(f"{PAGE}/file?format=exe")).status_code == 422


async def test_it_is_for_organisers(visitor: Visitor, week: ReportedWeek) -> None:
    await week.factory.staff(Role.SUPERVISOR, "sara")
    visitor.client.cookies.clear()
    await visitor.sign_in("sara", PASSWORD)
    assert (await visitor.open(PAGE)).status_code == 403
    assert (await visitor.open(f"{PAGE}/file?format=pdf")).status_code == 403
