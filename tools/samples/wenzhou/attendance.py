"""The three months' attendance: each department's own habit of 出勤汇总表, and 附件2 on paper."""

from collections.abc import Sequence

from samples.draw import Book, Cell, Header, Table, book_of
from samples.habits import short, spaced
from samples.wenzhou.forms import draw_month
from samples.wenzhou.people import KINDS, MONTHS, OFFICE, RUIAN, YUEQING, Person, leave, members

TITLE = "出勤汇总表"
PAPER_MONTH = 11  # 乐清分中心 业务科 hands in 附件2 in this month only


def files() -> dict[str, bytes]:
    """Every attendance workbook of the quarter by path."""
    found = {f"{OFFICE}/计划财务处出勤汇总表.xlsx": _finance()}
    for month in MONTHS:
        folder = f"2021-{month}/{OFFICE}"
        found |= {
            f"{folder}/办公室（人事处）{month}月出勤.xlsx": _office(month),
            f"{folder}/归集管理处出勤汇总表.xlsx": _collection(month),
            f"{folder}/信贷管理处.xlsx": _credit(month),
            f"{folder}/稽核审计处月度小结.xlsx": _audit(month),
            f"2021-{month}/{RUIAN}/瑞安分中心出勤汇总表2021年{month}月.xlsx": _ruian(month),
            f"{YUEQING}/出勤汇总表2021-{month}.xlsx": _yueqing(month),
        }
    for month in (10, 11):
        found[f"2021-{month}/{OFFICE}/信息技术处 {month}月小结.xlsx"] = _technology(month)
    found[f"2021-12/{OFFICE}/信息技术处出勤.xlsx"] = _technology_list()
    found[f"2021-{PAPER_MONTH}/{YUEQING}/业务科月度小结.xlsx"] = _yueqing_paper()
    return found


def _days(person: Person, month: int, kinds: Sequence[str], blank: Cell = None) -> list[Cell]:
    """The person's days of each kind; `blank` is what this department writes for none."""
    taken = leave(person, month)
    return [short(taken[kind]) if kind in taken else blank for kind in kinds]


def _office(month: int) -> bytes:
    rows = [
        (index, person.name, "办公室(人事处)", *_days(person, month, KINDS), None) for index, person in enumerate(members(OFFICE, "办公室（人事处）"), start=1)
    ]
    table = Table(
        title=f"{TITLE}（2021年{month}月）",
        header=("序号", "姓名", "科室", *KINDS, "备注"),
        rows=rows,
        widths=(6, 12, 18, *(9,) * 6, 14),
        total_from=3,
        below=("填表人：周玥        审核人：林文斌",),
    )
    return book_of({f"{month}月": table})


def _finance() -> bytes:
    """One workbook for the quarter, a tab per month, columns in the department's own order."""
    kinds = ("年休", "病假", "事假", "旷工", "加班补休", "法定假")
    people = members(OFFICE, "计划财务处")
    return book_of(
        {
            f"{month}月": Table(
                title=f"{TITLE}（2021-{month}）",
                header=("姓名", "工号", *kinds),
                rows=[(each.name, each.number, *_days(each, month, kinds, 0)) for each in people],
                widths=(12, 9, *(10,) * 6),
                below=("填表人：徐丽娜",),
            )
            for month in MONTHS
        }
    )


def _collection(month: int) -> bytes:
    """A two-level header, and spaces inside the names of two characters."""
    header: tuple[Header, ...] = (
        *("序号", "姓名", "科室"),
        ("缺勤（天）", ("病假", "事假", "旷工")),
        ("不计缺勤（天）", ("年休", "法定假", "加班补休")),
        "备注",
    )
    rows = [
        (index, spaced(person.name), person.department, *_days(person, month, KINDS), None)
        for index, person in enumerate(members(OFFICE, "归集管理处"), start=1)
    ]
    table = Table(
        title=f"{TITLE}（2021年{month}月）",
        header=header,
        rows=rows,
        widths=(6, 12, 14, *(9,) * 6, 14),
        total_from=3,
        below=("注：法定假含婚假、产假、丧假等；加班补休不计缺勤。", "填表人：蔡明喆"),
    )
    return book_of({"出勤": table})


def _credit(month: int) -> bytes:
    """No period on the sheet (the folder has it), zeros written out, 电话 and 签名 beside."""
    rows = [
        (index, person.number, spaced(person.name), f"8896{person.number}1", *days, None)
        for index, person in enumerate(members(OFFICE, "信贷管理处"), start=1)
        for days in (_days(person, month, KINDS, 0),)
    ]
    table = Table(
        title=TITLE,
        above=("填报单位：信贷管理处",),
        header=("序号", "工号", "姓  名", "电话", *KINDS, "签名"),
        rows=rows,
        widths=(6, 8, 14, 11, *(9,) * 6, 12),
        total_from=4,
    )
    return book_of({"Sheet1": table})


def _ruian(month: int) -> bytes:
    """The whole branch on one sheet: merged 科室, line breaks and wide spaces in the header."""
    rows = [(index, person.department, person.name, person.number, *_days(person, month, KINDS), None) for index, person in enumerate(members(RUIAN), start=1)]
    table = Table(
        title=f"{TITLE}（2021年{month}月）",
        above=(f"呈报单位：{RUIAN}",),
        header=("序号", "科　室", "姓　名", "工号", *(f"{kind}\n（天）" for kind in KINDS), "备注"),
        rows=rows,
        widths=(6, 12, 12, 8, *(10,) * 6, 14),
        merged=frozenset({1}),
        total_from=4,
        below=("注：半天按0.5天填写。", "填表人：曾子墨        审核人：何丽萍"),
    )
    return book_of({"出勤汇总": table})


def _yueqing(month: int) -> bytes:
    """The period only in the file name; in one month 业务科 hands in the paper form instead."""
    departments = ("综合科",) if month == PAPER_MONTH else ()
    rows = [(person.name, person.department, *_days(person, month, KINDS)) for person in members(YUEQING, *departments)]
    table = Table(
        title=TITLE,
        above=(f"呈报单位：{YUEQING}",),
        header=("姓名", "科室", *KINDS),
        rows=rows,
        widths=(12, 12, *(10,) * 6),
        below=("填表人：施文杰",),
    )
    return book_of({"Sheet1": table})


def _technology_list() -> bytes:
    rows = [(index, person.name, person.department, *_days(person, 12, KINDS)) for index, person in enumerate(members(OFFICE, "信息技术处"), start=1)]
    table = Table(
        title=f"{TITLE}（2021-12）",
        header=("序号", "姓名", "科室", *KINDS),
        rows=rows,
        widths=(6, 12, 14, *(9,) * 6),
    )
    return book_of({"12月": table})


def _audit(month: int) -> bytes:
    """附件2 with the month in brackets as printed; the folder says the year."""
    book = Book()
    for person in members(OFFICE, "稽核审计处"):
        chief = "叶建新" if person.post == "处长" else "徐志远"
        draw_month(book, person, month, f"（ {month} ）月份", chief)
    return book.content()


def _technology(month: int) -> bytes:
    book = Book()
    for person in members(OFFICE, "信息技术处"):
        chief = "叶建新" if person.post == "处长" else "沈浩"
        draw_month(book, person, month, f"（2021年{month}月）", chief)
    return book.content()


def _yueqing_paper() -> bytes:
    book = Book()
    for person in members(YUEQING, "业务科"):
        chief = "赵立平" if person.post == "科长" else "钱伟民"
        draw_month(book, person, PAPER_MONTH, f"（2021年{PAPER_MONTH}月）", chief)
    return book.content()
