"""Working days by the State Council's notices: worked figures, make-up days, and no guess about a year nobody has published."""

from __future__ import annotations

import datetime as dt

import pytest

from appraisal.model import Calendar, Period, Span
from appraisal.policy.load import PolicyError
from appraisal.policy.shape import CalendarRule
from appraisal.policy.workdays import calendar_for


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return calendar_for([2020, 2021], CalendarRule())


@pytest.mark.parametrize(("year", "quarter", "days"), [(2021, 4, 62), (2021, 1, 60), (2020, 2, 62)])
def test_working_days_of_a_quarter(calendar: Calendar, year: int, quarter: int, days: int) -> None:
    period = Period.quarter(year, quarter)
    assert calendar.workdays(period.first_day, period.last_day) == days
    months = period.parts(Span.MONTH)
    assert sum(calendar.workdays(month.first_day, month.last_day) for month in months) == days


def test_working_days_agree_with_a_count_day_by_day(calendar: Calendar) -> None:
    first, last = dt.date(2021, 9, 15), dt.date(2021, 10, 20)
    assert calendar.workdays(first, last) == sum(calendar.is_workday(first + dt.timedelta(day)) for day in range((last - first).days + 1))


@pytest.mark.parametrize(
    ("day", "works"),
    [(dt.date(2021, 10, 9), True), (dt.date(2021, 9, 26), True), (dt.date(2021, 10, 7), False), (dt.date(2021, 10, 10), False), (dt.date(2021, 10, 8), True)],
)
def test_make_up_days_are_working_days(calendar: Calendar, day: dt.date, works: bool) -> None:
    assert calendar.is_workday(day) is works


def test_a_term_of_working_days_does_not_count_its_first_day(calendar: Calendar) -> None:
    """公示 of 3 working days posted on 2021-09-30 ends on 10-11 (10-09 is a working Saturday); 5 after 2020-07-14 is 07-21."""
    assert calendar.after(dt.date(2021, 9, 30), 3) == dt.date(2021, 10, 11)
    assert calendar.after(dt.date(2020, 7, 14), 5) == dt.date(2020, 7, 21)


def test_a_last_day_on_a_holiday_moves_to_the_next_working_day(calendar: Calendar) -> None:
    assert calendar.rolled(dt.date(2021, 10, 1)) == dt.date(2021, 10, 8)
    assert calendar.rolled(dt.date(2021, 10, 9)) == dt.date(2021, 10, 9)


def test_a_year_without_data_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(PolicyError) as error:
        calendar_for([2099], CalendarRule())
    assert "2099 年" in str(error.value)
    assert "chinesecalendar" in str(error.value)
    assert "rules.yaml" in str(error.value)


def test_days_of_an_unknown_year_are_never_counted(calendar: Calendar) -> None:
    with pytest.raises(KeyError):
        calendar.is_workday(dt.date(2022, 1, 4))
    with pytest.raises(KeyError):
        calendar.workdays(dt.date(2021, 12, 1), dt.date(2022, 1, 31))


def test_a_year_typed_by_hand_counts_weekdays_holidays_and_make_up_days() -> None:
    rule = CalendarRule(years=(2099,), holidays=(dt.date(2099, 1, 1),), workdays=(dt.date(2099, 1, 3),))
    found = calendar_for([2099], rule)
    assert not found.is_workday(dt.date(2099, 1, 1))
    assert found.is_workday(dt.date(2099, 1, 3)), "a Saturday worked to make up"
    assert not found.is_workday(dt.date(2099, 1, 4))


def test_a_single_day_in_rules_yaml_beats_the_library() -> None:
    rule = CalendarRule(holidays=(dt.date(2021, 10, 8),), workdays=(dt.date(2021, 10, 10),))
    found = calendar_for([2021], rule)
    assert not found.is_workday(dt.date(2021, 10, 8))
    assert found.is_workday(dt.date(2021, 10, 10))


def test_a_period_knows_its_days_and_parts() -> None:
    quarter = Period.quarter(2021, 4)
    assert (quarter.first_day, quarter.last_day) == (dt.date(2021, 10, 1), dt.date(2021, 12, 31))
    assert [str(month) for month in quarter.parts(Span.MONTH)] == ["2021-10", "2021-11", "2021-12"]
    assert Period.month(2021, 10).parts(Span.QUARTER) == ()
    assert Period.month(2021, 11).within(Span.QUARTER) == quarter
    assert Period(2021, Span.YEAR).holds(quarter)
    assert not quarter.holds(Period(2021, Span.YEAR))
    assert quarter.overlaps(dt.date(2021, 12, 31), None)
    assert not quarter.overlaps(dt.date(2021, 1, 1), dt.date(2021, 9, 30))
