"""The days that a report covers."""

from datetime import date, timedelta
from typing import Final

import msgspec

from ticketing.insight.reports.facts import film_week
from ticketing.kernel.errors import InvalidPeriod
from ticketing.programme.model import Festival

DAYS_MAX: Final = 400
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


class Period(msgspec.Struct, frozen=True):
    """From one day to another, both included, in the time of each venue."""

    first_day: date
    last_day: date


def choose_period(
    *, first_day: date | None, last_day: date | None, week: date | None, festival: Festival | None, today: date
) -> Period:
    """The days that somebody asked for.

    A week is the film week of any of its days. Where nothing is said: the festival's days, and without a festival
    200 days back from today and 199 ahead.

    Raises:
        InvalidPeriod: a week beside days, one day without the other, in the wrong order, more than 400 days,
            or outside the years 1900 to 2200.
    """
    if week is not None and first_day is None and last_day is None:
        _check(week, week)
        begins = film_week(week)
        return Period(begins, begins + timedelta(days=6))
    if week is None and first_day is not None and last_day is not None:
        return _check(first_day, last_day)
    if week is None and first_day is None and last_day is None:
        if festival is not None:
            return _check(festival.starts_on, festival.ends_on)
        return Period(today - timedelta(days=DAYS_MAX // 2), today + timedelta(days=DAYS_MAX // 2 - 1))
    raise InvalidPeriod(days_max=DAYS_MAX)


def whole_weeks(period: Period) -> Period:
    """The period widened to whole film weeks."""
    return Period(film_week(period.first_day), film_week(period.last_day) + timedelta(days=6))


def _check(first_day: date, last_day: date) -> Period:
    in_order = FIRST_DAY <= first_day <= last_day <= LAST_DAY
    if not in_order or (last_day - first_day).days >= DAYS_MAX:
        raise InvalidPeriod(days_max=DAYS_MAX)
    return Period(first_day, last_day)
