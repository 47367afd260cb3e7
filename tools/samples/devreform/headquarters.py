"""What 人事科 keeps itself: 人员名册 (no 呈报单位) and 特殊情形表."""

from datetime import date

from samples.devreform.people import (
    BY_NUMBER,
    CATEGORY,
    OFF_THE_BOOKS,
    ORGANISATION,
    PEOPLE,
    REMARKS,
)
from samples.draw import Cell, Table, book_of

# 工号|情形|开始日期|结束日期|依据|说明
_CIRCUMSTANCES = """
F06|试用期|2020-08-03||市人社局录用通知|2020年新录用
F16|试用期|2020-08-03||市人社局录用通知|2020年新录用
F24|试用期|2020-09-01|2021-08-31|市人社局录用通知|2020年新录用
F26|直接确定为好|2021-05-12|2021-06-30|市发改党组〔2021〕17号|迎峰度夏保供专班表现突出，处置电网突发故障及时有力
"""


def files() -> dict[str, bytes]:
    """The two lists of HR by path."""
    return {
        "人事科/人员名册.xlsx": book_of({"名册": _roster()}),
        "人事科/特殊情形表.xlsx": book_of({"特殊情形表": _circumstances()}),
    }


def _roster() -> Table:
    rows = [
        (
            *(index, each.number, each.name, each.department, each.post or None),
            *(each.rank or None, CATEGORY.get(each.number, "公务员")),
            *("编外" if each.number in OFF_THE_BOOKS else "在编", "是"),
            *(each.since, each.arrived, None),
            *(f"fgw{index:02}@example.com", REMARKS.get(each.number)),
        )
        for index, each in enumerate(PEOPLE, start=1)
    ]
    header = (
        *("序号", "工号", "姓名", "科室", "职务", "职务职级", "人员\n类别", "编制", "是否在岗"),
        *("任现职时间", "到岗日期", "离岗日期", "电子邮箱", "备注"),
    )
    return Table(
        title=f"{ORGANISATION}人员名册（2021年6月）",
        header=header,
        rows=rows,
        widths=(6, 8, 10, 18, 15, 15, 10, 8, 10, 13, 13, 13, 22, 14),
        below=("填表人：于海洋        审核人：傅秀英        2021年6月30日",),
    )


def _circumstances() -> Table:
    rows: list[tuple[Cell, ...]] = []
    for index, line in enumerate(_CIRCUMSTANCES.strip().splitlines(), start=1):
        number, kind, start, end, basis, remark = line.split("|")
        person = BY_NUMBER[number]
        first, last = date.fromisoformat(start), date.fromisoformat(end) if end else None
        who = (person.name, number, person.department)
        rows.append((index, *who, kind, first, last, basis, remark))
    return Table(
        title="特殊情形表（2021年第2季度）",
        header=("序号", "姓名", "工号", "科室", "情形", "开始日期", "结束日期", "依据", "说明"),
        rows=rows,
        widths=(6, 10, 8, 18, 16, 13, 13, 26, 48),
        wide=frozenset({7, 8}),
    )
