"""The three months' 出勤汇总表: the bureau's by 人事科, one per month, and 市贸促会's in one workbook."""

from collections.abc import Sequence

from samples.draw import Cell, Header, Table, book_of
from samples.habits import short, spaced
from samples.jining.people import ASSOCIATION, KINDS, MONTHS, PEOPLE, Person, leave

TITLE = "出勤汇总表"


def files() -> dict[str, bytes]:
    """Every attendance workbook of the quarter by path."""
    found = {f"2020年{month}月/局机关/局机关出勤汇总表.xlsx": book_of({"出勤": _bureau(month)}) for month in MONTHS}
    found["2020Q2/市贸促会/出勤汇总表.xlsx"] = book_of({f"{month}月": _association(month) for month in MONTHS})
    return found


def _present(month: int, *, association: bool) -> list[Person]:
    return [person for person in PEOPLE if person.department.startswith(ASSOCIATION) is association and person.given(month)]


def _days(person: Person, month: int, kinds: Sequence[str], blank: Cell = None) -> list[Cell]:
    taken = leave(person, month)
    return [short(taken[kind]) if kind in taken else blank for kind in kinds]


def _bureau(month: int) -> Table:
    """Two levels of header, 科室 merged, a total at the bottom."""
    header: tuple[Header, ...] = (
        *("序号", "科　室", "姓　名"),
        ("请假（天）", ("病 假", "事 假", "旷 工")),
        ("休假（天）", ("年 休", "法定假", "加班\n补休")),
        "备注",
    )
    rows = [
        (index, each.department, spaced(each.name, "　"), *_days(each, month, KINDS), None)
        for index, each in enumerate(_present(month, association=False), start=1)
    ]
    return Table(
        title=f"济宁市商务局机关{TITLE}（2020年{month}月）",
        header=header,
        rows=rows,
        widths=(6, 16, 12, *(9,) * 6, 14),
        merged=frozenset({1}),
        total_from=3,
        below=("注：半天按0.5天填写。", "填表人：曾凡敏        审核人：颜丽华"),
    )


def _association(month: int) -> Table:
    """Columns in an order of its own, zeros written out."""
    kinds = ("事假", "病假", "年休", "加班补休", "法定假", "旷工")
    rows = [(each.name, each.department, *_days(each, month, kinds, 0)) for each in _present(month, association=True)]
    return Table(
        title=f"{TITLE}（2020-{month:02}）",
        above=("填报单位：市贸促会",),
        header=("姓名", "科室", *kinds),
        rows=rows,
        widths=(12, 18, *(10,) * 6),
        below=("填表人：武文静",),
    )
