"""公务员平时（每月）考核测评表 of every department, each in its own hand."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from samples.draw import Cell, Header, Sum, Table, book_of
from samples.habits import short, spaced
from samples.jining.people import MONTHS, RATERS, SEED, SIGNED, Person, scored

TITLE = "公务员平时（每月）考核测评表"
ITEMS: Mapping[str, int] = {
    "政治品质（20%）": 20,
    "工作作风（10%）": 10,
    "廉洁自律（10%）": 10,
    "学习指标（10%）": 10,
    "业务经办指标（30%）": 30,
    "目标实施指标（10%）": 10,
    "争先创优指标（10%）": 10,
}
NOTE = "备注：此表由考核领导小组根据人员各方面实际表现进行打分。"
WIDTHS = (12, *(19,) * 7, 10)
# The two who tie in May agree in every item, so that no rule of ties can part them.
LIKE = {("冯雅琴", 5): "李文博"}
HALVES = 2  # points are given to the half


def files() -> dict[str, bytes]:
    """Every scoring workbook of the quarter by path."""
    found = {"2020Q2/局机关/机关党委测评表.xlsx": _party()}
    for month in MONTHS:
        bureau, association = f"2020年{month}月/局机关", "2020Q2/市贸促会"
        found |= {
            f"{bureau}/办公室.xlsx": _office(month),
            f"{bureau}/人事科测评表2020-{month:02}.xlsx": _personnel(month),
            f"{bureau}/财务科考核测评表.xlsx": _finance(month),
            f"{bureau}/综合科.xlsx": _general(month, 0),
            f"{bureau}/外贸科{month}月测评.xlsx": _trade(month),
            f"{bureau}/外资管理科.xlsx": _investment(month),
            f"{bureau}/商贸流通科.xlsx": _circulation(month),
            f"{bureau}/电子商务科.xlsx": _online(month),
            f"{association}/市贸促会综合科{month}月测评表.xlsx": _association(month),
            f"{association}/联络科{month}月.xlsx": _liaison(month),
        }
    found["2020年5月/局机关/综合科（赵局长评分）.xlsx"] = _general(5, 1)
    found["2020Q2/市贸促会/会展科测评表.xlsx"] = _exhibition()
    return found


def points(person: Person, month: int, rater: int) -> list[Decimal]:
    """The total that a rater gave, taken apart into items: half points lost here and there."""
    total = person.given(month)[rater]
    boxes = [item for item, most in enumerate(ITEMS.values()) for _ in range(HALVES * most)]
    who = LIKE.get((person.name, month), person.name)
    drawn = Random(f"{SEED}/{who}/{month}/{rater}")
    lost = drawn.sample(boxes, int((100 - total) * HALVES))
    return [most - Decimal(lost.count(item)) / HALVES for item, most in enumerate(ITEMS.values())]


def _cells(person: Person, month: int, rater: int = 0) -> list[Cell]:
    return [short(each) for each in points(person, month, rater)]


def _total(person: Person, month: int, rater: int = 0) -> Cell:
    return short(person.given(month)[rater])


def _signed(department: str, month: int, rater: int = 0) -> str:
    gap = "　" * 18
    return f"分管领导签字：{RATERS[department][rater]}{gap}{SIGNED[month]}"


def _paper(department: str, month: int, title: str, rater: int = 0) -> Table:
    """附件3 as printed: nine columns and the note."""
    return Table(
        title=title,
        above=(_signed(department, month, rater),),
        header=("姓名", *ITEMS, "总分"),
        rows=[(each.name, *_cells(each, month, rater), _total(each, month, rater)) for each in scored(department, month)],
        widths=WIDTHS,
        below=(NOTE,),
    )


def _office(month: int) -> bytes:
    """A column of numbers before the names."""
    rows = [(index, spaced(each.name), *_cells(each, month), _total(each, month)) for index, each in enumerate(scored("办公室", month), start=1)]
    table = Table(
        title=f"{TITLE}（2020年{month}月）",
        above=("科室：办公室", _signed("办公室", month)),
        header=("序号", "姓  名", *ITEMS, "总分"),
        rows=rows,
        widths=(6, *WIDTHS),
        below=(NOTE, "填表人：刘振东"),
    )
    return book_of({f"{month}月": table})


def _personnel(month: int) -> bytes:
    """The period only in the file name."""
    return book_of({"Sheet1": _paper("人事科", month, TITLE)})


def _party() -> bytes:
    """One workbook for the quarter, a tab per month."""
    return book_of({f"{month}月": _paper("机关党委", month, f"{TITLE}（2020-{month:02}）") for month in MONTHS})


def _finance(month: int) -> bytes:
    """A two-level header: what all have in common, what belongs to the post."""
    names = tuple(ITEMS)
    header: tuple[Header, ...] = (
        "姓名",
        ("共性指标（40%）", names[:3]),
        ("个性指标（60%）", names[3:]),
        "总分",
    )
    rows = [(spaced(each.name), *_cells(each, month), _total(each, month)) for each in scored("财务科", month)]
    table = Table(
        title=f"财务科{TITLE}（2020年{month}月）",
        above=(_signed("财务科", month),),
        header=header,
        rows=rows,
        widths=WIDTHS,
        below=(NOTE,),
    )
    return book_of({"测评表": table})


def _general(month: int, rater: int) -> bytes:
    """The period only in the folder; in May a second rater has a workbook of his own."""
    return book_of({"Sheet1": _paper("综合科", month, f"综合科{TITLE}", rater)})


def _trade(month: int) -> bytes:
    """Full-width figures and line breaks in the header, a place to sign beside."""
    wide = str.maketrans("0123456789%", "０１２３４５６７８９％")
    names = tuple(name.replace("（", "\n（").translate(wide) for name in ITEMS)
    rows = [(each.name, *_cells(each, month), _total(each, month), None) for each in scored("对外贸易科", month)]
    table = Table(
        title=f"{TITLE}（2020年{month}月）",
        above=(_signed("对外贸易科", month),),
        header=("姓　名", *names, "总　分", "本人签字"),
        rows=rows,
        widths=(*WIDTHS, 12),
        below=(NOTE,),
    )
    return book_of({"测评表": table})


def _investment(month: int) -> bytes:
    """The total is a formula."""
    rows = [(each.name, *_cells(each, month), Sum("B", "H", each.given(month)[0])) for each in scored("外资管理科", month)]
    table = Table(
        title=f"{TITLE}（2020年{month:02}月）",
        above=(_signed("外资管理科", month),),
        header=("姓名", *ITEMS, "总分"),
        rows=rows,
        widths=WIDTHS,
        below=(NOTE,),
    )
    return book_of({"Sheet1": table})


def _circulation(month: int) -> bytes:
    """The total before the items, remarks at the end."""
    rows = [(index, each.name, _total(each, month), *_cells(each, month), None) for index, each in enumerate(scored("商贸流通科", month), start=1)]
    table = Table(
        title=f"商贸流通科{TITLE}（2020年{month}月）",
        above=(_signed("商贸流通科", month),),
        header=("序号", "姓名", "总分", *ITEMS, "备注"),
        rows=rows,
        widths=(6, 12, 10, *(19,) * 7, 14),
        below=(NOTE, "填表人：侯玉洁        联系电话：2345678"),
    )
    return book_of({f"{month}月": table})


def _online(month: int) -> bytes:
    """科室 in a merged column of its own."""
    rows = [(each.department, spaced(each.name, "　"), *_cells(each, month), _total(each, month)) for each in scored("电子商务科", month)]
    table = Table(
        title=f"{TITLE}（2020年{month}月）",
        above=(_signed("电子商务科", month),),
        header=("科室", "姓名", *ITEMS, "总分"),
        rows=rows,
        widths=(14, *WIDTHS),
        merged=frozenset({0}),
        below=(NOTE,),
    )
    return book_of({"Sheet1": table})


def _association(month: int) -> bytes:
    """The year in the folder, the month in the file name."""
    return book_of({"测评": _paper("市贸促会综合科", month, TITLE)})


def _liaison(month: int) -> bytes:
    title = f"市贸促会联络科{TITLE}（2020年 {month} 月）"
    return book_of({"Sheet1": _paper("市贸促会联络科", month, title)})


def _exhibition() -> bytes:
    """One workbook for the quarter, in June with a tab for each of two raters."""
    department = "市贸促会会展科"
    tabs = {f"{month}月": _paper(department, month, f"{TITLE}（2020年{month}月）") for month in MONTHS}
    tabs["6月（何淑兰）"] = _paper(department, 6, f"{TITLE}（2020年6月）", 1)
    return book_of(tabs)
