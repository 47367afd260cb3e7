"""审定表: every proposal on one sheet that leaders sign, and a second tab that says what the numbers are and how to fill it in.

What comes back is read by column name (see `appraisal.rulings`). Between the line of the approver and the header stands a
line of advice: without it the two labels 批准人 and 批准日期 would be taken for a first level of the header.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import xlsxwriter
from msgspec import Struct
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Code, Decision, Period, State, Status, Verdict, column_letters
from appraisal.policy.shape import Policy
from appraisal.render.cells import LONGEST_TEXT, Strings
from appraisal.render.heights import HIGHEST, line_count
from appraisal.render.lines import Said, filled, line_counts, pattern
from appraisal.render.lists import CREATED
from appraisal.render.looks import Looks, whole_page
from appraisal.render.packing import packed
from appraisal.render.ratios import explained
from appraisal.standard import RULINGS

COLUMNS = (
    ("序号", 5),
    ("姓名", 9),
    ("工号", 9),
    ("呈报单位", 13),
    ("科室", 13),
    ("考核周期", 9),
    ("得分", 7),
    ("建议等次", 9),
    ("审定等次", 11),
    ("审定理由", 20),
    ("批准人", 9),
    ("批准日期", 11),
    ("依据", 47),
    ("需研判", 11),
)
FILLED_IN = ("审定等次", "审定理由", "批准人", "批准日期")
CENTRED = ("序号", "姓名", "工号", "考核周期", "建议等次", "审定等次", "批准人", "批准日期", "需研判")
CHOICES = RULINGS.column("审定等次").choices
HEADER = 3
"""The row of the header, from 0: title, approver and advice stand above it."""
KINDS = ("plain", "contested", "withheld")
"""Which lines look different: of a person whose input is unusable there is nothing to rule on yet."""
ADVICE = "审定等次空着即同意建议等次；要改动的，选定审定等次并填写审定理由和批准人；标明“需研判”的必须选定。批准人、批准日期可以只在上一行填一次。"


def sitting(verdicts: Sequence[Verdict], policy: Policy, state: State, period: Period) -> bytes:
    """The workbook for the sitting: proposals locked, rulings to be filled in, contested cases first.

    xlsxwriter draws everything but the lines, of which it would write a province's in minutes (as in `lists`).
    """
    lines = _lines(verdicts)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": RULINGS.title, "created": CREATED})
    looks = Looks(book)
    heading = f"{RULINGS.title}（{period}）{'【草稿】' if state is State.DRAFT else ''}"
    _proposals(book.add_worksheet(RULINGS.title), looks, len(lines), heading, policy)
    explained(book.add_worksheet("比例说明"), looks, verdicts, policy, period)
    book.close()
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed(_with_lines(parts, lines))


# ---- who is on the sheet, in which order -------------------------------------------------------------------------------


class Line(Struct, frozen=True):
    """A line of the sheet: a decision of a period and what people must settle about it."""

    decision: Decision
    period: Period
    contest: str = ""

    @property
    def kind(self) -> int:
        """Place in KINDS."""
        return 2 if self.decision.result is Status.WITHHELD else 1 if self.contest else 0


Contest = tuple[int, int, int]
"""What orders contests: their kind, the verdict, and the place of the first person in it."""
CONTESTS = ("同分取舍", "超比例取舍", "纪检有异议", "由人研判")


def _lines(verdicts: Sequence[Verdict]) -> list[Line]:
    """Everybody in scope: contested cases first, those of one contest together; then the order of the roster, period by period."""
    contests: dict[Contest, list[Line]] = {}
    others: list[Line] = []
    for verdict_place, verdict in enumerate(verdicts):
        first: dict[object, int] = {}
        for place, decision in enumerate(verdict.decisions):
            if not decision.proposal.in_scope:
                continue
            if decision.result is Status.CONTESTED:
                kind = _kind(decision)
                shared = decision.reasons[-1] if kind < 2 else place
                contest = kind, verdict_place, first.setdefault(shared, place)
                contests.setdefault(contest, []).append(Line(decision, verdict.period))
            else:
                others.append(Line(decision, verdict.period, "待处理" if decision.result is Status.WITHHELD else ""))
    return [*_numbered(contests), *others]


def _kind(decision: Decision) -> int:
    """Place in CONTESTS: a tie, a group with too many 好, an objection of the inspectors, or something else."""
    if decision.code in (Code.TIE, Code.OVER_RATED) and not decision.reasons[-1].cells:
        return 0 if decision.code is Code.TIE else 1
    return 2 if decision.code is Code.OVER_RATED else 3


def _numbered(contests: Mapping[Contest, Sequence[Line]]) -> Iterator[Line]:
    """The lines of all contests; where several people are in one, it has a number."""
    count = 0
    for contest in sorted(contests):
        lines = contests[contest]
        name = CONTESTS[contest[0]]
        if len(lines) > 1:
            count += 1
            name = f"第{count}组\n{name}"
        yield from (Line(line.decision, line.period, name) for line in lines)


# ---- the sheet of proposals --------------------------------------------------------------------------------------------


def _proposals(sheet: Worksheet, looks: Looks, count: int, heading: str, policy: Policy) -> None:
    """Everything but the lines, and in their place one empty line of each kind to take the formats from."""
    last = len(COLUMNS) - 1
    for place, (_, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
    sheet.merge_range(0, 0, 0, last, heading, looks.title)
    sheet.set_row(0, 32)
    _approval(sheet, looks)
    sheet.merge_range(2, 0, 2, last, ADVICE, looks(font_color="#595959"))
    sheet.set_row(2, 20)
    for place, (name, _) in enumerate(COLUMNS):
        sheet.write_string(HEADER, place, name, looks.head)
        for kind in range(len(KINDS)):
            sheet.write_blank(HEADER + 1 + kind, place, None, _look(looks, name, KINDS[kind]))
    sheet.set_row(HEADER, 24)
    _rules(sheet, max(count, 1))
    whole_page(sheet, policy)
    sheet.freeze_panes(HEADER + 1, 2)
    sheet.repeat_rows(HEADER)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _approval(sheet: Worksheet, looks: Looks) -> None:
    """批准人 and 批准日期 once for the whole sheet."""
    label = looks(bold=True, align="right")
    sheet.write_string(1, 1, "批准人：", label)
    sheet.write_blank(1, 2, None, _entry(looks, "批准人"))
    sheet.write_string(1, 3, "批准日期：", label)
    sheet.write_blank(1, 4, None, _entry(looks, "批准日期"))
    sheet.set_row(1, 24)


def _entry(looks: Looks, name: str) -> Format:
    """A cell to be filled in: not locked, lightly coloured. Texts are typed as text, so that “3-1” does not become a date."""
    align = {"align": "center"} if name in CENTRED else {"indent": 1}
    return looks(border=1, text_wrap=True, locked=False, bg_color="#FFF8DC", num_format="yyyy-mm-dd" if name == "批准日期" else "@", **align)


def _look(looks: Looks, name: str, kind: str) -> Format:
    """The look of a column on a kind of line."""
    if name in FILLED_IN and kind != "withheld":
        return _entry(looks, name)
    look: dict[str, object] = {"border": 1, "text_wrap": True}
    if name in FILLED_IN:
        look["bg_color"] = "#EDEDED"
    if name in CENTRED:
        look["align"] = "center"
    if name == "得分":
        look["num_format"] = "0.00"
    if name == "需研判" or (name == "建议等次" and kind == "contested"):
        look |= {"bold": True, "font_color": "#C00000"}
    return looks(**look)


def _rules(sheet: Worksheet, count: int) -> None:
    """What may be typed: one of the grades, and dates."""
    names = [name for name, _ in COLUMNS]
    grade, day = names.index("审定等次"), names.index("批准日期")
    choice = {
        "validate": "list",
        "source": list(CHOICES),
        "error_title": "审定等次",
        "error_message": f"只能选 {'、'.join(CHOICES)}；空着表示同意建议等次。",
        "input_title": "审定等次",
        "input_message": "空着表示同意建议等次",
    }
    date = {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(2000, 1, 1),
        "maximum": dt.date(2099, 12, 31),
        "error_title": "批准日期",
        "error_message": "请填日期，例如 2022-01-08。",
    }
    sheet.data_validation(HEADER + 1, grade, HEADER + count, grade, choice)
    sheet.data_validation(HEADER + 1, day, HEADER + count, day, date)
    sheet.data_validation(1, 4, 1, 4, date)


# ---- the lines ---------------------------------------------------------------------------------------------------------

_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_STRING = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_MODELS = re.compile(rf'(?:<row r="(?:{"|".join(str(HEADER + 2 + kind) for kind in range(len(KINDS)))})".*?</row>)+')


def _with_lines(parts: Mapping[str, bytes], lines: Sequence[Line]) -> dict[str, bytes]:
    """The parts of the workbook with the lines in the place of the models."""
    strings = Strings()
    for markup in _STRING.findall(parts[_STRINGS].decode()):
        strings.number(markup)
    drawn = parts[_SHEET].decode()
    models = _MODELS.search(drawn)
    assert models is not None
    styles = [re.findall(r' s="(\d+)"', row) for row in models[0].split("</row>") if row]
    rows = _rows(lines, [pattern([f' s="{style}"' for style in kind]) for kind in styles], strings)
    last = f"{column_letters(len(COLUMNS))}{HEADER + 1 + len(lines)}"
    above = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{last}"', drawn[: models.start()], count=1)
    return {**parts, _SHEET: b"".join((above.encode(), rows, drawn[models.end() :].encode())), _STRINGS: strings.written()}


def _rows(lines: Sequence[Line], patterns: Sequence[str], strings: Strings) -> bytes:
    """The lines as XML, by the pattern of their kind; each is as high as its longest text needs, for no program grows such rows by itself."""
    if not lines:
        return b""
    columns = list(zip(*(_values(line, number) for number, line in enumerate(lines, 1)), strict=True))

    def lines_of(place: int, value: object) -> int:
        ems = (COLUMNS[place][1] - 1) / 2
        return line_count(value[:LONGEST_TEXT], ems) if isinstance(value, str) and (len(value) > ems or "\n" in value) else 1

    tall = [min(max(13.5 * count + 4, 22), HIGHEST) for count in line_counts(columns, [(width - 1) / 2 for _, width in COLUMNS], lines_of)]
    heights = [f' ht="{height:g}" customHeight="1"' for height in tall]
    numbers = [str(HEADER + 1 + number) for number in range(1, len(lines) + 1)]
    said = Said(strings)
    return filled([patterns[line.kind] for line in lines], numbers, heights, [said.column(column) for column in columns])


def _values(line: Line, number: int) -> tuple[str | int | Fraction | None, ...]:
    decision, person = line.decision, line.decision.person
    score = decision.proposal.standing.score
    return (
        number,
        person.name,
        person.staff_no,
        person.unit,
        person.department,
        str(line.period),
        score.value if score is not None else None,
        str(decision.proposed or ""),
        *(None for _ in FILLED_IN),
        "；".join(map(str, decision.reasons)),
        line.contest,
    )
