"""附件1 一周小记表 of October from 稽核审计处: a workbook per week, a tab per person."""

from datetime import date

from samples.draw import Book
from samples.wenzhou.forms import draw_week
from samples.wenzhou.people import OFFICE, members
from samples.wenzhou.prose import NOTES

# Week of October → first and last working day.
WEEKS = {
    2: (date(2021, 10, 8), date(2021, 10, 9)),
    3: (date(2021, 10, 11), date(2021, 10, 15)),
    4: (date(2021, 10, 18), date(2021, 10, 22)),
    5: (date(2021, 10, 25), date(2021, 10, 29)),
}


def files() -> dict[str, bytes]:
    """Every weekly note by path."""
    folder = f"2021-10/{OFFICE}/稽核审计处一周小记"
    return {f"{folder}/10月第{week}周.xlsx": _week(week) for week in WEEKS}


def _week(week: int) -> bytes:
    first, last = WEEKS[week]
    book = Book()
    for person in members(OFFICE, "稽核审计处"):
        notes = [note for note in NOTES[person.number] if first <= note.received <= last]
        draw_week(book, person, f"（10）月第（{week}）周", notes)
    return book.content()
