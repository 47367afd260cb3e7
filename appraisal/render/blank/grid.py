"""A paper form on a tab: labels, what the roster says, and boxes to be filled in, each over one or several cells."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Person, column_letters
from appraisal.render.blank.paper import TITLE_HEIGHT, Paper, across, footer
from appraisal.render.blank.rules import Rule, Setting, tick
from appraisal.render.blank.weeks import Week


class Form(Struct, frozen=True):
    """A form to be drawn: for whom, for when, on which tab."""

    tab: str
    person: Person
    setting: Setting
    whose: str
    week: Week | None = None


class Grid:
    """One form in the making. Rows and columns count from 0; `area` is first row, first column, last row, last column."""

    def __init__(self, paper: Paper, form: Form, widths: Sequence[float], *, landscape: bool = False, height: float = 20) -> None:
        self.paper, self.ink, self.form = paper, paper.ink, form
        self.last = len(widths) - 1
        self.page: Worksheet = paper.sheet(form.tab, landscape=landscape)
        self.page.fit_to_pages(1, 1)
        self.page.set_default_row(height)
        for place, width in enumerate(widths):
            self.page.set_column(place, place, width)
        self._first: tuple[int, int] | None = None

    def title(self, title: str, period: str) -> None:
        """The title and the period under it; both stay in view."""
        self.put((0, 0, 0, self.last), title, self.ink.title, TITLE_HEIGHT)
        self.put((1, 0, 1, self.last), period, self.ink.period, 24)
        footer(self.page, f"{self.form.whose}　{self.form.person.name}　{title}（{self.form.setting.period}）")

    def ruled(self, rows: range, numbered: int, inks: Sequence[Format]) -> None:
        """Numbered lines with boxes right of the number, as high as most rows of the tab."""
        for row in rows:
            self.page.write_number(row, numbered, row - rows.start + 1, self.ink.given)
            for place, ink in enumerate(inks, numbered + 1):
                self.page.write_blank(row, place, None, ink)

    def put(self, area: tuple[int, int, int, int], text: str, look: Format, height: float = 0) -> None:
        across(self.page, area, text, look)
        if height:
            self.page.set_row(area[0], height)

    def label(self, area: tuple[int, int, int, int], text: str, height: float = 0) -> None:
        self.put(area, text, self.ink.label, height)

    def given(self, area: tuple[int, int, int, int], text: str) -> None:
        """What the roster says; locked."""
        self.put(area, text, self.ink.given)

    def box(self, area: tuple[int, int, int, int], *, rule: Rule | None = None, look: Format | None = None, height: float = 0) -> None:
        """A blank to be filled in."""
        self.put(area, "", look or self.ink.text, height)
        if rule:
            self.page.data_validation(*area[:2], *area[:2], rule)
        if self._first is None:
            self._first = area[0], area[1]
            self.page.set_selection(*self._first, *self._first)

    def pairs(self, row: int, pairs: Sequence[tuple[str, str]], split: int, *, height: float = 36) -> None:
        """Rows of two labels with their values: the second label stands in column `split`."""
        for line, (left, right) in enumerate(zip(pairs[::2], pairs[1::2], strict=True), row):
            self.label((line, 0, line, 0), left[0], height)
            self.given((line, 1, line, split - 1), left[1])
            self.label((line, split, line, split), right[0])
            self.given((line, split + 1, line, self.last), right[1])

    def ticks(self, row: int, left: int, grades: Sequence[str]) -> None:
        """The grades in one row and a box under each; two ticks turn red."""
        boxes = f"${column_letters(left + 1)}${row + 2}:${column_letters(left + len(grades))}${row + 2}"
        for place, grade in enumerate(grades, left):
            self.label((row, place, row, place), grade, 24)
            self.box((row + 1, place, row + 1, place), look=self.ink.tick, height=30)
        area = (row + 1, left, row + 1, left + len(grades) - 1)
        self.page.data_validation(*area, tick())
        self.page.conditional_format(*area, {"type": "formula", "criteria": f"=COUNTA({boxes})>1", "format": self.paper.gap})

    def end(self, row: int, note: str = "") -> None:
        """The note of the paper form, then the number that tells namesakes apart; both run over the empty cells beside them."""
        if note:
            self.page.write_string(row, 0, note, self.ink.note)
        if self.form.person.staff_no:
            self.page.write_string(row + bool(note), 0, f"工号：{self.form.person.staff_no}", self.ink.number)
        self.page.freeze_panes(2, 0)
