"""What 办公室（人事处） keeps itself: 人员名册 and 特殊情形表."""

from samples.draw import Table, book_of
from samples.wenzhou.people import CATEGORY, CIRCUMSTANCES, OFF_THE_BOOKS, PEOPLE, REMARKS

ROSTER = (
    *("序号", "姓名", "工号", "呈报单位", "科室", "职务", "职务职级", "人员类别", "编制", "在岗"),
    *("任现职时间", "到岗日期", "离岗日期", "电子邮箱", "备注"),
)
CIRCUMSTANCE = (
    *("序号", "姓名", "工号", "呈报单位", "科室"),
    *("情形", "开始日期", "结束日期", "依据", "说明"),
)


def files() -> dict[str, bytes]:
    """The two lists of HR by path."""
    return {
        "人员名册.xlsx": book_of({"人员名册": _roster()}),
        "特殊情形表.xlsx": book_of({"特殊情形表": _circumstances()}),
    }


def _roster() -> Table:
    rows = [
        (
            *(index, person.name, person.number, person.unit, person.department),
            *(person.post, person.rank, CATEGORY.get(person.number, "参公")),
            *("编外" if person.number in OFF_THE_BOOKS else "在编", "是"),
            *(person.since, person.arrived, None),
            *(f"gjj{person.number}@example.com", REMARKS.get(person.number)),
        )
        for index, person in enumerate(PEOPLE, start=1)
    ]
    return Table(
        title="人员名册（2021年12月）",
        header=ROSTER,
        rows=rows,
        widths=(6, 14, 8, 13, 18, 15, 15, 10, 8, 7, 13, 13, 13, 24, 22),
        below=("填表人：周玥    审核人：陈静怡    填表日期：2021年12月31日",),
    )


def _circumstances() -> Table:
    people = {person.number: person for person in PEOPLE}
    rows = [
        (
            *(index, person.name, person.number, person.unit, person.department),
            *(line.kind, line.start, line.end, line.basis, line.remark),
        )
        for index, line in enumerate(CIRCUMSTANCES, start=1)
        for person in (people[line.number],)
    ]
    return Table(
        title="特殊情形表（2021年第4季度）",
        header=CIRCUMSTANCE,
        rows=rows,
        widths=(6, 12, 8, 13, 18, 17, 13, 13, 26, 44),
        wide=frozenset({8, 9}),
        below=("注：结束日期不填的，处分按法定期限计算，试用期按一年计算，其他情形为仍在继续。",),
    )
