"""The tab 比例说明 beside the 审定表: how many are proposed 好 under each usual base, the seats left, and how the sheet is filled in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec import Struct
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Decision, Grade, Period, Status, Verdict, number, percent
from appraisal.policy.shape import Policy
from appraisal.render.heights import line_count
from appraisal.render.looks import Looks, whole_page

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


class Count(Struct, frozen=True):
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
    members: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in concerned:
        members[decision.person.unit].append(decision)
    for unit in units:
        seats = own[unit].seats if unit in own else None
        yield Count.of(members[unit]).row(verdict.period, unit, seats)
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


def explained(sheet: Worksheet, looks: Looks, verdicts: Sequence[Verdict], policy: Policy, period: Period) -> None:
    """Draws the tab."""
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
    whole_page(sheet, policy)
    sheet.repeat_rows(1)
    sheet.protect()


def _ratio(sheet: Worksheet, looks: Looks, row: int, values: Sequence[object]) -> None:
    total = values[1] == "合计"
    sheet.set_row(row, 20)
    for place, value in enumerate(values):
        look = looks(border=1, align="left" if place == 1 else "center", bold=total, text_wrap=True, num_format="0;[Red]-0")
        if isinstance(value, int):
            sheet.write_number(row, place, value, look)
        else:
            sheet.write_string(row, place, str(value), look)


def _paragraph(sheet: Worksheet, looks: Looks, row: int, text: str, width: int) -> None:
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
    yield "2．审定等次与建议等次不同的，必须填审定理由和批准人。没有理由、超过等次上限、与不确定等次或未参加考核不符的，程序不采用，并列出条款。"
    yield "3．“需研判”写有内容的人员，光有批准人不算审定，必须选定审定等次。同一组的人是一件事：选定其中的人以后，组内空着的按建议等次办理。"
    yield "4．灰色格子的人员填报有问题（待处理），请先改正原表，再出新的一份审定。"
    yield "5．签好后把本文件放进 input 文件夹（文件名、位置不限），再运行一次即可。建议等次在此期间有变化的，只有那几行需要重新审定。"
