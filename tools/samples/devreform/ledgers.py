"""工作台账 of every department and month, each in its own hand."""

from collections.abc import Callable, Sequence
from datetime import date

from samples.devreform.people import MONTHS, Person, members
from samples.devreform.work import ORDER, PLAN, SEEK, Item, items
from samples.draw import Cell, Header, Table, book_of
from samples.habits import spaced

TITLE = "工作台账"
COLUMNS = (
    *("台账类别", "工作内容", "完成时限", "质量要求", "完成情况", "完成比例", "完成时间"),
    *("佐证材料", "分管副主任同意", "主任同意", "计入实绩"),
)
WIDTHS = (16, 34, 13, 22, 12, 10, 13, 12, 16, 12, 10)
Work = tuple[Person, Item]
Row = Callable[[int, Person], tuple[Cell, ...]]


def files() -> dict[str, bytes]:
    """Every ledger of the quarter by path."""
    found = {"2021Q2/评估督导科工作台账.xlsx": _supervision()}
    for month in MONTHS:
        folder = f"2021-{month:02}"
        found |= {
            f"{folder}/办公室/办公室台账.xlsx": _office(month),
            f"{folder}/人事科.xlsx": _personnel(month),
            f"{folder}/国民经济综合科{month}月.xlsx": _economy(month),
            f"{folder}/投资科/固定资产投资科工作台账.xlsx": _investment(month),
            f"产业协调科/工作台账2021年{month}月.xlsx": _industry(month),
            f"{folder}/能源科工作台账.xlsx": _energy(month),
            f"{folder}/社会发展科.xlsx": _society(month),
            f"价格管理科/价格科2021-{month:02}.xlsx": _prices(month),
            f"{folder}/行政审批科.xlsx": _approvals(month),
        }
    return found


def work(department: str, month: int) -> list[Work]:
    """A department's items of `month`, person after person."""
    return [(person, item) for person in members(department) for item in items(person, month)]


def cells(item: Item) -> tuple[Cell, ...]:
    """The eleven columns that say what an item is and how it stands."""
    return (
        *(item.kind, item.matter, item.due, item.quality, item.state, item.part),
        *(item.finished, item.proof, item.deputy, item.chief, "是" if item.merit else None),
    )


def _numbered(index: int, person: Person) -> tuple[Cell, ...]:
    return index, person.name, person.number, person.department


def _rows(found: Sequence[Work], before: Row = _numbered) -> list[tuple[Cell, ...]]:
    """One row per item; the number in front counts the items."""
    return [(*before(index, person), *cells(item)) for index, (person, item) in enumerate(found, start=1)]


def _by_person(found: Sequence[Work], before: Row) -> list[tuple[Cell, ...]]:
    """One row per item; the number in front counts the people."""
    people = list(dict.fromkeys(person for person, _ in found))
    return [(*before(people.index(person) + 1, person), *cells(item)) for person, item in found]


def _office(month: int) -> bytes:
    """Three ledgers on three tabs."""
    return book_of(
        {
            kind: Table(
                title=f"{TITLE}（2021年{month}月）",
                above=(f"科室：办公室        台账类别：{kind}",),
                header=("序号", "姓名", "工号", "科室", *COLUMNS),
                rows=_rows(found),
                widths=(6, 10, 8, 12, *WIDTHS),
                wide=frozenset({5, 7}),
                below=("填表人：贺文斌",),
            )
            for kind in (PLAN, SEEK, ORDER)
            if (found := [pair for pair in work("办公室", month) if pair[1].kind == kind])
        }
    )


def _personnel(month: int) -> bytes:
    """The period only in the folder."""
    table = Table(
        title=f"人事科{TITLE}",
        header=("姓名", "工号", *COLUMNS),
        rows=_rows(work("人事科", month), lambda _, person: (person.name, person.number)),
        widths=(10, 8, *WIDTHS),
        wide=frozenset({3, 5}),
    )
    return book_of({"Sheet1": table})


def _supervision() -> bytes:
    """One workbook for the quarter, a tab per month."""
    return book_of(
        {
            f"{month}月": Table(
                title=f"{TITLE}（2021-{month:02}）",
                header=("序号", "姓名", "工号", "科室", *COLUMNS, "备注"),
                rows=[(*row, None) for row in _rows(work("评估督导科", month))],
                widths=(6, 10, 8, 14, *WIDTHS, 12),
                wide=frozenset({5, 7}),
                below=("填表人：崔浩然        审核人：卢志刚",),
            )
            for month in MONTHS
        }
    )


def _economy(month: int) -> bytes:
    """Everything that says who it is, merged over the person's rows."""
    table = Table(
        title=f"国民经济综合科{TITLE}（2021年{month}月）",
        header=("序号", "科　室", "姓　名", "工号", *COLUMNS),
        rows=_by_person(
            work("国民经济综合科", month),
            lambda index, each: (index, each.department, each.name, each.number),
        ),
        widths=(6, 16, 10, 8, *WIDTHS),
        merged=frozenset({0, 1, 2, 3}),
        wide=frozenset({5, 7}),
        below=("注：调整事项的书面申请附后。", "填表人：卓一帆"),
    )
    return book_of({f"{month}月": table})


def _investment(month: int) -> bytes:
    """No 工号, line breaks in the header, names merged."""
    header = (
        *("序号", "姓名", "台账\n类别", "工作内容", "完成\n时限", "质量\n要求", "完成\n情况"),
        *("完成\n比例", "完成\n时间", "佐证\n材料", "分管副主任\n同意", "主任\n同意", "计入\n实绩"),
    )
    table = Table(
        title=f"{TITLE}（2021年{month}月）",
        above=("填报科室：固定资产投资科",),
        header=header,
        rows=_by_person(work("固定资产投资科", month), lambda index, each: (index, spaced(each.name))),
        widths=(6, 10, *WIDTHS),
        merged=frozenset({0, 1}),
        wide=frozenset({3, 5}),
    )
    return book_of({"台账": table})


def _industry(month: int) -> bytes:
    """The period only in the file name, dates as text with points."""
    table = Table(
        title=f"产业协调科{TITLE}",
        header=("姓名", "工号", "科室", *COLUMNS),
        rows=[
            tuple(_pointed(value) for value in row)
            for row in _rows(
                work("产业协调科", month),
                lambda _, each: (spaced(each.name, "　"), each.number, each.department),
            )
        ],
        widths=(10, 8, 14, *WIDTHS),
        wide=frozenset({4, 6}),
        below=("填表人：顾天翔",),
    )
    return book_of({"Sheet1": table})


def _pointed(value: Cell) -> Cell:
    """A date as clerks type it: 2021.4.9."""
    return f"{value.year}.{value.month}.{value.day}" if isinstance(value, date) else value


def _energy(month: int) -> bytes:
    """The period before the name of the sheet, the kind of ledger last but one."""
    kind, *others = COLUMNS
    table = Table(
        title=f"2021年{month}月能源科{TITLE}",
        header=("序号", "工号", "姓名", *others, kind, "备注"),
        rows=[
            (index, person.number, person.name, *rest, first, None)
            for index, (person, item) in enumerate(work("能源科", month), start=1)
            for first, *rest in (cells(item),)
        ],
        widths=(6, 8, 10, *WIDTHS[1:], WIDTHS[0], 12),
        wide=frozenset({3, 5}),
    )
    return book_of({"台账": table})


def _society(month: int) -> bytes:
    """Names spaced to align and merged; a line of heading above."""
    table = Table(
        title=f"{TITLE}（2021年{month:02}月）",
        above=("科室（盖章）：社会发展科",),
        header=("姓 名", "工 号", "科室", *COLUMNS),
        rows=_by_person(
            work("社会发展科", month),
            lambda _, each: (spaced(each.name, "  "), each.number, each.department),
        ),
        widths=(10, 8, 14, *WIDTHS),
        merged=frozenset({0, 1, 2}),
        wide=frozenset({4, 6}),
        below=("填表人：辛宇        联系电话：8765432",),
    )
    return book_of({"Sheet1": table})


def _prices(month: int) -> bytes:
    """A two-level header: how it went, who agreed."""
    header: tuple[Header, ...] = (
        *("序号", "姓名", "工号", "科室", *COLUMNS[:4]),
        ("办理结果", COLUMNS[4:8]),
        ("审核意见", COLUMNS[8:10]),
        COLUMNS[10],
    )
    table = Table(
        title=f"价格管理科{TITLE}（2021年{month}月）",
        header=header,
        rows=_rows(work("价格管理科", month)),
        widths=(6, 10, 8, 14, *WIDTHS),
        wide=frozenset({5, 7}),
        below=("填表人：戚薇薇",),
    )
    return book_of({f"{month}月": table})


def _approvals(month: int) -> bytes:
    table = Table(
        title=f"{TITLE}（２０２１年{month}月）",
        header=("序号", "姓　名", "工　号", "科　室", *COLUMNS),
        rows=_rows(work("行政审批科", month)),
        widths=(6, 10, 8, 14, *WIDTHS),
        wide=frozenset({5, 7}),
    )
    return book_of({"Sheet1": table})
