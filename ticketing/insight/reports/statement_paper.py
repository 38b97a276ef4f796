"""The statement per screening as a document: one a screening, with the fields of D212-85 in their order."""

from collections.abc import Iterable, Sequence

from ticketing.insight.reports.model import family_text, kind_text
from ticketing.insight.reports.paper import Heading, Paper, PaperTable, cell_text
from ticketing.insight.reports.screening_statement import (
    ScreeningStatementReport,
    StatementLine,
    StatementOfScreening,
)
from ticketing.kernel.errors import N_
from ticketing.kernel.i18n import translate
from ticketing.tickets.sheet import money_text

HEADINGS = (
    (N_("Tariff"), False),
    (N_("Family of tariffs"), False),
    (N_("Price"), True),
    (N_("First number issued"), True),
    (N_("First number for the next screening"), True),
    (N_("Rights issued"), True),
    (N_("of which in pre-sale"), True),
    (N_("Rights cancelled"), True),
    (N_("of which in pre-sale"), True),
    (N_("Takings"), True),
)
HAND_SOLD = N_("Sold by hand during an outage, entered afterwards: %(count)s")
UNNUMBERED = N_("%(count)s rights wait for their number: the statement is not final")


def statement_papers(report: ScreeningStatementReport, locale: str) -> Iterable[Paper]:
    """A paper a screening."""
    return (_paper(statement, locale) for statement in report.rows)


def _paper(statement: StatementOfScreening, locale: str) -> Paper:
    film, hall = statement.film, statement.hall
    unnumbered = sum(line.unnumbered for line in statement.tariffs)
    facts = [
        (N_("Starts at"), cell_text(statement.starts_at, locale)),
        (N_("Original title"), cell_text(film.original_title if film else None, locale)),
        (N_("Visa number"), cell_text(film.visa_number if film else None, locale)),
        (N_("Version"), cell_text(kind_text(statement.version, locale), locale)),
        (N_("Hall"), f"{hall.hall_name}, {hall.venue_name}, {hall.city_name}"),
        (N_("Screening"), statement.screening),
    ]
    if statement.status == "cancelled":
        facts.append((N_("Status"), translate(N_("Cancelled"), locale)))
    hand_sold = sum(line.hand_sold for line in statement.tariffs)
    if hand_sold:
        facts.append((N_("Note"), translate(HAND_SOLD, locale) % {"count": hand_sold}))
    if unnumbered:
        facts.append((N_("Note"), translate(UNNUMBERED, locale) % {"count": unnumbered}))
    return Paper(
        heading=statement.title,
        facts=tuple((translate(name, locale), text) for name, text in facts),
        tables=(
            PaperTable(
                caption=translate(N_("Rights of entry by tariff"), locale),
                headings=tuple(Heading(translate(text, locale), number) for text, number in HEADINGS),
                rows=tuple(_row(line, locale) for line in statement.tariffs),
                sums=tuple(_sums(statement, locale)),
            ),
        ),
    )


def _row(line: StatementLine, locale: str) -> tuple[str, ...]:
    return (
        line.tariff_name,
        family_text(line.family, locale),
        _prices(line, locale),
        cell_text(line.first_number, locale),
        cell_text(line.next_number, locale),
        *_counts([line], locale),
        money_text(line.takings, locale),
    )


def _prices(line: StatementLine, locale: str) -> str:
    if len(line.prices) == 1:
        return money_text(line.prices[0].price, locale)
    return "; ".join(
        f"{money_text(price.price, locale)} × {price.issued - price.cancelled}" for price in line.prices
    )


def _sums(statement: StatementOfScreening, locale: str) -> Iterable[tuple[str, ...]]:
    for takings in statement.takings:
        lines = [line for line in statement.tariffs if line.takings.currency == takings.currency]
        yield (translate(N_("Total"), locale), "", "", "", "", *_counts(lines, locale), money_text(takings, locale))


def _counts(lines: Sequence[StatementLine], locale: str) -> tuple[str, ...]:
    counted = (
        sum(line.issued for line in lines),
        sum(line.issued_in_presale for line in lines),
        sum(line.cancelled for line in lines),
        sum(line.cancelled_in_presale for line in lines),
    )
    return tuple(cell_text(count, locale) for count in counted)
