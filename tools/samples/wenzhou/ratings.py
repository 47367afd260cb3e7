"""The quarter's ratings: 季度评价汇总表 in several hands, and 附件3 on paper."""

from samples.draw import Book, Table, book_of
from samples.wenzhou.forms import Mark, draw_quarter
from samples.wenzhou.people import OFFICE, RUIAN, YUEQING, Person, members

TITLE = "季度评价汇总表"
OWN, LEADER, OPINION = "自评档次", "领导评价档次", "领导意见"
MARKS: dict[str, Mark] = {"023": "√", "024": "✓", "025": "☑", "026": "ü", "027": 1, "028": "√"}


def files() -> dict[str, bytes]:
    """Every rating workbook of the quarter by path."""
    folder = f"2021Q4/{OFFICE}"
    return {
        f"{folder}/办公室（人事处）季度评价.xlsx": _office(),
        f"{folder}/计划财务处季度评价汇总表.xlsx": _finance(),
        f"{folder}/归集管理处2021年第4季度评价.xlsx": _collection(),
        f"{folder}/信贷管理处.xlsx": _credit(),
        f"{folder}/稽核审计处季度评价表.xlsx": _paper("稽核审计处", "第（ 4 ）季度", "徐志远"),
        f"{folder}/信息技术处 季度评价表.xlsx": _paper("信息技术处", "（2021年第4季度）", "沈浩"),
        f"2021Q4/{RUIAN}/瑞安分中心季度评价汇总表（2021年第4季度）.xlsx": _ruian(),
        f"{YUEQING}/季度评价汇总表2021年第4季度.xlsx": _yueqing(),
    }


def _rated(unit: str, *departments: str) -> list[Person]:
    return [person for person in members(unit, *departments) if person.rated]


def _rating(person: Person) -> tuple[str, str, str | None]:
    return person.own, person.leader, person.opinion or None


def _office() -> bytes:
    rows = [(index, person.name, person.number, *_rating(person), None) for index, person in enumerate(_rated(OFFICE, "办公室（人事处）"), start=1)]
    table = Table(
        title=f"{TITLE}（2021年第4季度）",
        header=("序号", "姓名", "工号", OWN, LEADER, OPINION, "签名"),
        rows=rows,
        widths=(6, 12, 8, 12, 14, 40, 12),
        wide=frozenset({5}),
        below=("填表人：周玥        审核人：林文斌",),
    )
    return book_of({"季度评价": table})


def _finance() -> bytes:
    """Grades in quotes, the leader's column before the person's own."""
    rows = [(_quoted(person.leader), _quoted(person.own), person.name, person.opinion or None) for person in _rated(OFFICE, "计划财务处")]
    table = Table(
        title=f"{TITLE}（2021Q4）",
        header=(LEADER, OWN, "姓名", OPINION),
        rows=rows,
        widths=(14, 12, 12, 40),
        wide=frozenset({3}),
        below=("注：各档次由处长会同分管领导商议确定。", "填表人：徐丽娜"),
    )
    return book_of({"Sheet1": table})


def _collection() -> bytes:
    """A telephone column and a two-level header."""
    rows = [(index, each.department, each.name, f"8896{each.number}1", *_rating(each)) for index, each in enumerate(_rated(OFFICE, "归集管理处"), start=1)]
    table = Table(
        title=f"{TITLE}（2021年第4季度）",
        header=("序号", "科室", "姓 名", "电话", ("评价结果", (OWN, LEADER, OPINION))),
        rows=rows,
        widths=(6, 14, 12, 11, 12, 14, 44),
        wide=frozenset({6}),
        below=("填表人：蔡明喆",),
    )
    return book_of({"季度评价": table})


def _credit() -> bytes:
    """No period on the sheet: the folder has it."""
    rows = [
        (index, person.number, person.name, person.department, person.own, person.leader, None)
        for index, person in enumerate(_rated(OFFICE, "信贷管理处"), start=1)
    ]
    table = Table(
        title=TITLE,
        header=("序号", "工号", "姓名", "科室", OWN, LEADER, OPINION),
        rows=rows,
        widths=(6, 8, 14, 14, 12, 14, 30),
    )
    return book_of({"Sheet1": table})


def _ruian() -> bytes:
    rows = [(index, person.department, person.name, person.number, *_rating(person)) for index, person in enumerate(_rated(RUIAN), start=1)]
    table = Table(
        title=f"{TITLE}（2021年第4季度）",
        above=(f"呈报单位：{RUIAN}",),
        header=("序号", "科　室", "姓　名", "工号", "自评\n档次", "领导评价\n档次", "领导意见"),
        rows=rows,
        widths=(6, 12, 12, 8, 10, 12, 44),
        merged=frozenset({1}),
        wide=frozenset({6}),
        below=("填表人：曾子墨        审核人：余立群        2022年1月6日",),
    )
    return book_of({"汇总表": table})


def _yueqing() -> bytes:
    """The period only in the file name."""
    rows = [(index, person.name, person.department, *_rating(person)) for index, person in enumerate(_rated(YUEQING), start=1)]
    table = Table(
        title=TITLE,
        above=(f"呈报单位：{YUEQING}",),
        header=("序号", "姓名", "科室", OWN, LEADER, OPINION),
        rows=rows,
        widths=(6, 12, 12, 12, 14, 40),
        wide=frozenset({5}),
    )
    return book_of({"Sheet1": table})


def _paper(department: str, period: str, chief: str) -> bytes:
    book = Book()
    for person in _rated(OFFICE, department):
        signer = "叶建新" if person.name == chief else chief
        draw_quarter(book, person, period, MARKS[person.number], signer)
    return book.content()


def _quoted(grade: str) -> str:
    return f"“{grade}”"
