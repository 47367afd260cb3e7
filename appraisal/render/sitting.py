"""审定表: every proposal on one sheet that leaders sign, and a second tab that says what the numbers are and how to fill it in.

What comes back is read by column name (see `appraisal.rulings`). Between the line of the approver and the header stands a
line of advice: without it the two labels 批准人 and 批准日期 would be taken for a first level of the header.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Code, Decision, Grade, Period, State, Status, Verdict, number, percent
from appraisal.policy.shape import Policy
from appraisal.render.heights import HIGHEST, line_count
from appraisal.render.lists import CREATED, FONT
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
ADVICE = "审定等次空着即同意建议等次；要改动的，选定审定等次并填写审定理由和批准人；标明“需研判”的必须选定。批准人、批准日期可以只在上一行填一次。"


def sitting(verdicts: Sequence[Verdict], policy: Policy, state: State, period: Period) -> bytes:
    """The workbook for the sitting: proposals locked, rulings to be filled in, contested cases first."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": RULINGS.title, "created": CREATED})
    looks = _Looks(book)
    heading = f"{RULINGS.title}（{period}）{'【草稿】' if state is State.DRAFT else ''}"
    _proposals(book.add_worksheet(RULINGS.title), looks, _lines(verdicts), heading, policy)
    _explained(book.add_worksheet("比例说明"), looks, verdicts, policy, period)
    book.close()
    return target.getvalue()


# ---- who is on the sheet, in which order -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet: a decision of a period and what people must settle about it."""

    decision: Decision
    period: Period
    contest: str = ""

    @property
    def open(self) -> bool:
        """False for a person whose input is unusable: there is nothing to rule on yet."""
        return self.decision.result is not Status.WITHHELD


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


class _Looks:
    """The cell formats of the workbook, each made when first asked for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        look = {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]

    @property
    def head(self) -> Format:
        return self(bold=True, border=1, align="center", text_wrap=True, bg_color="#DDEBF7")

    @property
    def title(self) -> Format:
        return self(bold=True, font_size=18, align="center")

    def entry(self, *, centred: bool = True, date: bool = False) -> Format:
        """A cell to be filled in: not locked, lightly coloured."""
        align: dict[str, object] = {"align": "center"} if centred else {}
        # Text is typed as text, so that “3-1” does not become a date.
        return self(border=1, text_wrap=True, locked=False, bg_color="#FFF8DC", num_format="yyyy-mm-dd" if date else "@", **align)

    def cell(self, name: str, line: Line) -> Format:
        """The look of a column on a line."""
        if name in FILLED_IN and line.open:
            return self.entry(centred=name in CENTRED, date=name == "批准日期")
        look: dict[str, object] = {"border": 1, "text_wrap": True}
        if name in FILLED_IN:
            look["bg_color"] = "#EDEDED"
        if name in CENTRED:
            look["align"] = "center"
        if name == "得分":
            look["num_format"] = "0.00"
        if name == "需研判" or (name == "建议等次" and line.contest):
            look |= {"bold": True, "font_color": "#C00000"}
        return self(**look)


def _proposals(sheet: Worksheet, looks: _Looks, lines: Sequence[Line], heading: str, policy: Policy) -> None:
    last = len(COLUMNS) - 1
    for place, (_, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
    sheet.merge_range(0, 0, 0, last, "", looks.title)
    sheet.write_string(0, 0, heading, looks.title)
    sheet.set_row(0, 32)
    _approval(sheet, looks)
    sheet.merge_range(2, 0, 2, last, "", looks(font_color="#595959"))
    sheet.write_string(2, 0, ADVICE, looks(font_color="#595959"))
    sheet.set_row(2, 20)
    for place, (name, _) in enumerate(COLUMNS):
        sheet.write_string(HEADER, place, name, looks.head)
    sheet.set_row(HEADER, 24)
    for place, line in enumerate(lines):
        _write(sheet, looks, HEADER + 1 + place, line, place + 1)
    _rules(sheet, max(len(lines), 1))
    _page(sheet, policy)
    sheet.freeze_panes(HEADER + 1, 2)
    sheet.repeat_rows(HEADER)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _approval(sheet: Worksheet, looks: _Looks) -> None:
    """批准人 and 批准日期 once for the whole sheet."""
    label = looks(bold=True, align="right")
    sheet.write_string(1, 1, "批准人：", label)
    sheet.write_blank(1, 2, None, looks.entry())
    sheet.write_string(1, 3, "批准日期：", label)
    sheet.write_blank(1, 4, None, looks.entry(date=True))
    sheet.set_row(1, 24)


def _write(sheet: Worksheet, looks: _Looks, row: int, line: Line, count: int) -> None:
    """One line; its height is that of its longest text, for no program grows such rows by itself."""
    most = 1
    for place, ((name, width), value) in enumerate(zip(COLUMNS, _values(line, count), strict=True)):
        look = looks.cell(name, line)
        if isinstance(value, str) and value:
            sheet.write_string(row, place, value, look)
            most = max(most, line_count(value, (width - 1) / 2))
        elif isinstance(value, int | Fraction):
            sheet.write_number(row, place, float(value), look)
        else:
            sheet.write_blank(row, place, None, look)
    sheet.set_row(row, min(max(13.5 * most + 4, 22), HIGHEST))


def _values(line: Line, count: int) -> tuple[object, ...]:
    decision, person = line.decision, line.decision.person
    score = decision.proposal.standing.score
    return (
        count,
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


def _page(sheet: Worksheet, policy: Policy) -> None:
    """Landscape A4, one page wide, saying on every page whose it is."""
    whose = f"{policy.regulation.organisation}　{policy.regulation.title}{policy.regulation.document}".replace("&", "&&")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(0.4, 0.4, 0.7, 0.6)
    sheet.set_header(f'&L&"{FONT}"&9{whose}')
    sheet.set_footer(f'&C&"{FONT}"&9第 &P 页，共 &N 页')


# ---- the ratios and how to fill the sheet in ---------------------------------------------------------------------------

BASES = {"headcount": "在编在岗人数", "participants": "参加考核人数", "graded": "确定等次人数"}
_SHARES = (
    ("考核周期", 11),
    ("呈报单位", 22),
    ("在编在岗人数", 9),
    ("参加考核人数", 9),
    ("确定等次人数", 9),
    ("建议好\n（占名额）", 11),
    ("建议好\n（不占名额）", 12),
    ("占在编在岗", 10),
    ("占参加考核", 10),
    ("占确定等次", 10),
    ("名额", 8),
    ("剩余名额", 8),
    ("需研判人数", 8),
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many people a unit (or everybody) counts under each usual base, and how many are proposed 好."""

    headcount: int
    participants: int
    graded: int
    inside: int
    outside: int
    contested: int

    @classmethod
    def of(cls, decisions: Sequence[Decision]) -> Count:
        """A person withheld for a bad cell still counts, as under the cap itself."""
        taking_part = [decision for decision in decisions if decision.proposal.participates]
        good = [decision for decision in decisions if decision.proposed is Grade.GOOD]
        free = sum(decision.proposal.outside_cap for decision in good)
        return cls(
            sum(decision.proposal.in_scope for decision in decisions),
            len(taking_part),
            sum(decision.proposal.outcome is not Status.UNGRADED for decision in taking_part),
            len(good) - free,
            free,
            sum(decision.result is Status.CONTESTED for decision in decisions),
        )

    @property
    def shares(self) -> tuple[str, ...]:
        """The ratio under each usual base."""
        return tuple(percent(Fraction(self.inside, base)) if base else "—" for base in (self.headcount, self.participants, self.graded))

    def row(self, period: Period, scope: str, seats: int | None) -> tuple[object, ...]:
        seated = ("—", "—") if seats is None else (seats, seats - self.inside)
        return (str(period), scope, self.headcount, self.participants, self.graded, self.inside, self.outside, *self.shares, *seated, self.contested)


def ratios(verdict: Verdict, policy: Policy) -> Iterator[tuple[object, ...]]:
    """One line for each unit, for each group under a cap that is not a unit (a pool, a category of staff), and for the whole."""
    concerned = [decision for decision in verdict.decisions if decision.proposal.in_scope]
    units = _units(concerned, policy)
    own = {unit: group for unit in units if len(groups := [group for group in verdict.groups if group.units == (unit,)]) == 1 for group in groups}
    for unit in units:
        seats = own[unit].seats if unit in own else None
        yield Count.of([decision for decision in concerned if decision.person.unit == unit]).row(verdict.period, unit, seats)
    for group in verdict.groups:
        if group not in own.values() and len(verdict.groups) > 1:
            yield Count.of([decision for decision in concerned if decision.proposal.group == group.name]).row(verdict.period, group.name, group.seats)
    if len(units) > 1:
        every = sum(group.seats for group in verdict.groups) if verdict.groups else None
        yield Count.of(concerned).row(verdict.period, "合计", every)


def _units(decisions: Sequence[Decision], policy: Policy) -> list[str]:
    """The reporting units in the declared order, then that of the roster."""
    found = dict.fromkeys(decision.person.unit for decision in decisions)
    return [*(unit for unit in policy.units.order if unit in found), *(unit for unit in found if unit not in policy.units.order)]


def _explained(sheet: Worksheet, looks: _Looks, verdicts: Sequence[Verdict], policy: Policy, period: Period) -> None:
    last = len(_SHARES) - 1
    for place, (_, width) in enumerate(_SHARES):
        sheet.set_column(place, place, width)
    sheet.merge_range(0, 0, 0, last, "", looks.title)
    sheet.write_string(0, 0, f"好等次比例说明（{period}）", looks.title)
    sheet.set_row(0, 32)
    for place, (name, _) in enumerate(_SHARES):
        sheet.write_string(1, place, name, looks.head)
    sheet.set_row(1, 32)
    row = 2
    for verdict in verdicts:
        for values in ratios(verdict, policy):
            _ratio(sheet, looks, row, values)
            row += 1
    for text in ("", *_words(verdicts, policy)):
        _paragraph(sheet, looks, row, text, sum(width for _, width in _SHARES))
        row += 1
    _page(sheet, policy)
    sheet.repeat_rows(1)
    sheet.protect()


def _ratio(sheet: Worksheet, looks: _Looks, row: int, values: Sequence[object]) -> None:
    total = values[1] == "合计"
    sheet.set_row(row, 20)
    for place, value in enumerate(values):
        look = looks(border=1, align="left" if place == 1 else "center", bold=total, text_wrap=True, num_format="0;[Red]-0")
        if isinstance(value, int):
            sheet.write_number(row, place, value, look)
        else:
            sheet.write_string(row, place, str(value), look)


def _paragraph(sheet: Worksheet, looks: _Looks, row: int, text: str, width: int) -> None:
    is_heading = text.startswith("【")
    look = looks(text_wrap=True, bold=is_heading, font_size=11)
    sheet.merge_range(row, 0, row, len(_SHARES) - 1, "", look)
    sheet.write_string(row, 0, text, look)
    sheet.set_row(row, 16 * line_count(text, (width - 2) / 2) + 3)


def _words(verdicts: Sequence[Verdict], policy: Policy) -> Iterator[str]:
    """How the seats are counted, and how the sheet is filled in, each in a sentence."""
    cap = policy.cap
    yield "【名额怎样计算】"
    kept = "不得突破。" if cap.strength == "hard" else "原则上不突破；确需突破的，必须在审定理由中写明。"
    yield f"好等次掌握在{BASES[cap.base]}的 {number(cap.share * 100)}% 以内（{cap.source}），名额向下取整，{kept}另外两种基数的比例供参考。"
    if any(decision.proposed is Grade.GOOD and decision.proposal.outside_cap for verdict in verdicts for decision in verdict.decisions):
        yield "按规定直接确定为好、不占比例的人员，单列在“不占名额”一栏，不计入比例。"
    yield "剩余名额为负数（红色）的，表示建议为好的人数超过名额，需要取舍。"
    yield "【填写说明】"
    yield "1．只填浅黄色的格子。审定等次空着，就是同意建议等次；全部同意的，只需在表头填批准人和批准日期。"
    yield "2．审定等次与建议等次不同的，必须填审定理由和批准人。没有理由的、超过等次上限的、与不确定等次或未参加考核情形不符的，程序不采用，并列出所依据的条款。"
    yield "3．“需研判”写有内容的人员，光有批准人不算审定，必须选定审定等次。同一组的人是一件事：选定其中的人以后，组内空着的按建议等次办理。"
    yield "4．灰色格子的人员填报有问题（待处理），请先改正原表，再出新的一份审定。"
    yield "5．签好后把本文件放进 input 文件夹（文件名、位置不限），再运行一次即可。建议等次在此期间有变化的，只有那几行需要重新审定。"
