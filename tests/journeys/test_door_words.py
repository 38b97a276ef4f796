"""A verdict stands in words in two places: on the page without scripts, and in the page's own script."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tests.journeys.conftest import OpenPage
from ticketing.door.answers import ScanAnswer
from ticketing.door.model import BadgeSeen, Counts, Sighting, Verdict
from ticketing.web.pages.door_view import ADVICE, TITLES, texts_of, verdict_of

NOW = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
SAYS = """async ([answers, texts, now]) => {
    const { inWords } = await import("/static/js/door-show.js");
    return answers.map((answer) => inWords(answer, texts, [], false, now));
}"""
SAID = ("look", "words", "advice", "seat", "film", "ask", "details")
BADGE = BadgeSeen("BK7Q29XFMK7Q2", "press", photo=True, used=1, screenings_per_day=3)
SEAT = {
    "seat": "balcony/A-1",
    "section": "Balcony",
    "row": "A",
    "number": "1",
    "tariff_name": "Student",
    "proof": "card",
}
AREA = {"seat": "parterre#7", "area": "parterre", "age_category": "18+", "minors_need_company": True}


def answer_of(verdict: Verdict, reason: str | None, day: timedelta, **fields: Any) -> ScanAnswer:
    starts_at = NOW + day
    return ScanAnswer(
        verdict=verdict,
        ticket="K7Q29XFMK7Q2",
        tariff="student",
        film="Holy Cow",
        screening="s",
        counts=Counts(1, 2),
        direction="in",
        reason=reason,
        hall="Red Hall",
        venue="Tulpar",
        doors_at=starts_at - timedelta(minutes=45),
        starts_at=starts_at,
        timezone="Asia/Almaty",
        **{"seat": None, **fields},
    )


async def test_both_say_the_same(open_page: OpenPage) -> None:
    own = {verdict.value for verdict in Verdict}
    reasons = [None, *sorted({*ADVICE, *TITLES} - own)]
    facts = [SEAT, AREA, {"badge": BADGE}, {"by_hand": True, "first": Sighting(NOW - timedelta(days=1), "North")}]
    days = [timedelta(), timedelta(days=1), timedelta(hours=5, minutes=29), timedelta(hours=5, minutes=31)]
    answers = [
        answer_of(verdict, reason, day, **fields)
        for verdict, reason, day, fields in itertools.product(Verdict, reasons, days, facts)
        # Where nobody was let in there is no gate to be named; what is superseded has no reason.
        if (verdict is not Verdict.ALREADY_ADMITTED or "first" in fields)
        and (verdict is not Verdict.SUPERSEDED or reason is None)
    ]
    async with open_page() as page:
        await page.goto("/en/staff/sign-in")
        for language in ("kk", "fr"):
            told = [msgspec.to_builtins(answer) for answer in answers]
            shown = await page.evaluate(SAYS, [told, json.loads(texts_of(language)), NOW.timestamp() * 1000])
            for answer, theirs in zip(answers, shown, strict=True):
                ours = json.loads(msgspec.json.encode(verdict_of(answer, language, NOW)))
                assert {name: theirs[name] for name in SAID} == {name: ours[name] for name in SAID}


def test_another_day_is_told_by_its_date() -> None:
    tomorrow = answer_of(Verdict.TOO_EARLY, None, timedelta(days=1))
    assert verdict_of(tomorrow, "en", NOW).advice == "The doors open at 28.11 17:45"
    assert verdict_of(tomorrow, "en", NOW).details == ("Tulpar, Red Hall, 28.11 18:30",)
    today = answer_of(Verdict.ADMITTED, None, timedelta())
    assert verdict_of(today, "en", NOW).details == ("Red Hall, 18:30",)
