"""空白表：发下去的每一张，照着填好、放回来，读不出一个问题。"""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from drawn import ROOT, Outcome, Workplace, files_below, looked_at, shown_in, xlsx
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from typist import MISSING, SOFFICE, soffice

from appraisal.deadlines import due_dates
from appraisal.grade import grade
from appraisal.held import held
from appraisal.model import Grade, Period, Person, Proposal, Standing
from appraisal.notation import parse_period
from appraisal.people import gather
from appraisal.pipeline import calendar_of, open_workplace, receive
from appraisal.policy.load import load_policy
from appraisal.render.blank import blanks
from appraisal.render.blank.weeks import weeks_of
from appraisal.render.looks import FONT_SIZE
from appraisal.result import Workplace as Folder

WENZHOU, JINING, REFORM = ROOT, ROOT / "examples" / "jining-commerce", ROOT / "examples" / "development-reform"
EVERY = [(WENZHOU, "2021Q4", False), (WENZHOU, "2021Q4", True), (JINING, "2020Q2", False), (REFORM, "2021Q2", False)]


def drawn_roster(head: str, lines: list[list[str]]) -> str:
    return "\n".join(["人员名册", head, *(" | ".join(line) for line in lines)])


NAMES = ["温州", "温州纸质表", "济宁", "发改委"]
GUIDE = "填表说明"


PEOPLE = """
梁一   101  机关        办公室  主任    乡科级正职    参公
陈二   102  机关        办公室  副主任  乡科级副职    参公
卓一帆 103  机关        办公室  科员    四级主任科员  参公
罗四   104  机关        办公室  科员    一级科员      参公
韦六   106  机关        办公室  科员    一级科员      参公
邓七   107  机关        办公室  科员    二级科员      参公
邓七   108  瑞安分中心  综合科  科长    乡科级副职    参公
温八   109  瑞安分中心  综合科  科员    一级科员      参公
司马九 110  瑞安分中心  综合科  _       试用期        参公
"""
LINES = [line.split() for line in PEOPLE.strip().splitlines()]
OTHERS = [[line[0] if line[1] != "108" else "邓十", *line[1:]] for line in LINES]
ROSTERS = {
    WENZHOU: drawn_roster("姓名 | 工号 | 呈报单位 | 科室 | 职务 | 职务职级 | 人员类别", LINES),
    JINING: drawn_roster("姓名 | 科室 | 职务 | 职务职级 | 人员类别", [[line[0], line[2] + line[3], *line[4:]] for line in OTHERS]),
    REFORM: drawn_roster("姓名 | 工号 | 科室 | 职务 | 职务职级 | 人员类别", [[*line[:2], line[2] + line[3], *line[4:]] for line in OTHERS]),
}
"""Nine people; in 济宁 without numbers, and only 温州 with units and two people of one name."""
CIRCUMSTANCES = (
    "特殊情形表\n姓名 | 情形 | 开始日期 | 结束日期 | 依据\n韦六 | 立案调查 | 2020-02-01 | | 立案决定\n罗四 | 挂职外派 | 2020-01-01 | 2023-01-01 | 组织部通知"
)


# ---- making them -------------------------------------------------------------------------------------------------------


def made(folder: Path, wish: str, forms: bool = False) -> dict[str, bytes]:
    """Every blank of a workplace for a period, as the command makes them."""
    policy, period = open_workplace(Folder(folder)), parse_period(wish)
    assert period is not None
    calendar = calendar_of(policy, period)
    people, _ = gather(receive(Folder(folder), policy).tables, policy, period)

    def propose(person: Person, when: Period) -> Proposal:
        return grade(Standing(person, when, people.circumstances.get(person.index, ())), policy, calendar)[0]

    return blanks(people, policy, calendar, period, forms, propose=propose, dues=due_dates(policy, period, (), calendar))


@dataclass(frozen=True)
class Sent:
    """The blanks of a few people under one regulation, and the workplace they are for."""

    folder: Path
    like: Path
    wish: str
    files: dict[str, bytes]

    @cached_property
    def filled(self) -> dict[str, bytes]:
        """All of them filled in; beside the paper forms, whose weekly ones are those of the lists, one week a month."""
        on_paper = any("季度评价表" in name for name in self.files)
        return {name: fill(data) for name, data in (one_week_a_month(self.files) if on_paper else self.files).items()}


Few = Callable[[Path, str, bool], Sent]
OFFICE = "机关/办公室/2021Q4 平时考核用表 机关办公室.xlsx"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Few:
    """The blanks for the nine people, made once."""

    @functools.cache
    def to(like: Path, wish: str, forms: bool) -> Sent:
        folder = small(tmp_path_factory.mktemp("发表") / "考核", ROSTERS[like], CIRCUMSTANCES, like / "rules.yaml")
        return Sent(folder, like, wish, made(folder, wish, forms))

    return to


@pytest.fixture(params=EVERY, ids=NAMES, scope="module")
def sent(request: pytest.FixtureRequest, few: Few) -> Sent:
    return few(*request.param)


@pytest.fixture(scope="module")
def dropped(sent: Sent, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What a run makes of them filled in."""
    return returned(tmp_path_factory.mktemp("收表") / "考核", sent, sent.filled)


def small(folder: Path, roster: str, circumstances: str = "", rules: Path = WENZHOU / "rules.yaml") -> Path:
    """A workplace of a few people."""
    (folder / "input").mkdir(parents=True)
    shutil.copy(rules, folder / "rules.yaml")
    (folder / "input" / "名册.xlsx").write_bytes(xlsx(roster))
    if circumstances:
        (folder / "input" / "情形.xlsx").write_bytes(xlsx(circumstances))
    return folder


def tabs(data: bytes) -> dict[str, Worksheet]:
    return {sheet.title: sheet for sheet in looked_at(data).worksheets}


def texts(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def head_of(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """The header row of a list and its columns by name, without their （20%）."""
    for row in sheet.iter_rows(max_row=8):
        names = {re.sub(r"（\d+%）", "", str(cell.value)): cell.column for cell in row if isinstance(cell.value, str)}
        if "姓名" in names or "事项" in names:
            return row[0].row, names
    raise AssertionError(sheet.title)


def people_on(sheet: Worksheet) -> list[str]:
    row, columns = head_of(sheet)
    names = (sheet.cell(line, columns["姓名"]).value for line in range(row + 1, sheet.max_row + 1))
    return [str(name) for name in names if name]


# ---- filling them in as a person does ----------------------------------------------------------------------------------


def type_in(cell: Cell, value: object) -> None:
    """Types into a cell: only where the sheet lets one, and only what its list allows."""
    assert cell.protection.locked is False, f"{cell.coordinate} 是锁定的"
    for rule in cell.parent.data_validations.dataValidation:
        if cell.coordinate in rule and rule.type == "list" and rule.formula1.startswith('"'):
            assert str(value) in rule.formula1.strip('"').split(","), f"{cell.coordinate}：{value} 不在下拉列表里"
    cell.value = value


def fill(data: bytes) -> bytes:
    """A workbook with every sheet of it filled in."""
    book = load_workbook(io.BytesIO(data))
    fill_in(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def fill_in(book: Workbook) -> None:
    assert book.worksheets[0].title == GUIDE
    for sheet in book.worksheets[1:]:
        title = re.sub(r"（20.*?）", "", str(sheet["A1"].value))
        FILLERS[title](sheet)


def rows_of(sheet: Worksheet, anchor: str) -> Iterator[tuple[int, Callable[[str], Cell]]]:
    """The rows whose `anchor` cell may be filled in, each with a way to its cells by column name."""
    head, columns = head_of(sheet)
    for row in range(head + 1, sheet.max_row + 1):
        if not sheet.cell(row, columns[anchor]).protection.locked and isinstance(sheet.cell(row, columns[anchor]), Cell):
            yield row - head, functools.partial(_named, sheet, row, columns)


def _named(sheet: Worksheet, row: int, columns: dict[str, int], name: str) -> Cell:
    cell = sheet.cell(row, columns[name])
    assert isinstance(cell, Cell)
    return cell


def attendance(sheet: Worksheet) -> None:
    month = int(str(sheet["A1"].value)[-3:-1])
    for number, cell in rows_of(sheet, "病假"):
        type_in(cell("年休"), 1 if number % 2 else 0.5)
        if number == 1 + month % 3:
            type_in(cell("病假"), 2.5)


def rating(sheet: Worksheet) -> None:
    lines = list(rows_of(sheet, "领导评价档次"))
    for number, cell in lines:
        type_in(cell("自评档次"), "较好")
        type_in(cell("领导评价档次"), "好" if number == 1 and len(lines) > 2 else "较好")
        type_in(cell("领导意见"), "工作扎实，群众公认。")


def points(sheet: Worksheet) -> None:
    _, columns = head_of(sheet)
    items = {"政治品质": 19, "工作作风": 9.5, "廉洁自律": 9, "学习指标": 9, "业务经办指标": 27, "目标实施指标": 8.5, "争先创优指标": 8}
    month = int(re.findall(r"\d", str(sheet["A1"].value))[-1])
    whole = next(cell for cell in sheet[3] if cell.value is None and not cell.protection.locked)
    type_in(whole, "赵宏图")
    signed = [cell for cell in sheet[3] if isinstance(cell, Cell) and not cell.protection.locked][-1]
    type_in(signed, dt.datetime(2022, 1, 4))  # noqa: DTZ001 - the day a leader signs may lie in the next year
    for number, cell in rows_of(sheet, "总分" if "总分" in columns else "得分"):
        if "总分" in columns:
            less = (number + month) % 7 / 2
            values = {name: value - less if name == "业务经办指标" else value for name, value in items.items()}
            for name, value in (*values.items(), ("总分", sum(values.values()))):
                type_in(cell(name), value)
        else:
            type_in(cell("工作完成情况"), 90)
            type_in(cell("得分"), 95 - number % 20 - number / 100)


def work_ledger(sheet: Worksheet) -> None:
    kinds = ("个人月工作计划", "对上争取工作", "上级交办工作")
    for number, cell in rows_of(sheet, "工作内容"):
        if (number - 1) % 12 < 3:
            values = {"台账类别": kinds[number % 3], "工作内容": f"第{number}项工作", "完成时限": "月底前", "质量要求": "按时保质", "完成情况": "完成"}
            for name, value in {**values, "完成比例": 1, "分管副主任同意": "同意", "主任同意": "同意", "计入实绩": "否"}.items():
                type_in(cell(name), value)


def adjustments(sheet: Worksheet) -> None:
    _, cell = next(rows_of(sheet, "事项"))
    for name, value in {
        "姓名": "卓一帆",
        "日期": dt.date(2021, 5, 18),
        "事项类别": "重点任务",
        "事项": "完成年度重点任务",
        "分值": 2.5,
        "依据": "督查通报",
    }.items():
        type_in(cell(name), value)


def objections(sheet: Worksheet) -> None:
    for _, cell in rows_of(sheet, "意见"):
        type_in(cell("意见"), "无异议")


def circumstances(sheet: Worksheet) -> None:
    guide = sheet.parent.worksheets[0]
    _, cell = next(rows_of(sheet, "情形"))
    values = {
        "姓名": guide["F3"].value,
        "情形": "抽调",
        "开始日期": dt.date(2021, 5, 10),
        "结束日期": dt.date(2021, 5, 20),
        "依据": "专班通知",
        "说明": "表现良好",
    }
    for name, value in values.items():
        type_in(cell(name), value)


def notes(sheet: Worksheet) -> None:
    days = (("进行中", ""), ("已完成", "10月9日完成"), ("无法完成", "设备没有到货"))
    for (number, cell), (state, note) in zip(rows_of(sheet, "事项"), days, strict=False):
        for name, value in {"日期": "10月8日", "事项": f"第{number}件事", "完成时限": "本周", "完成情况": state, "备注": note}.items():
            type_in(cell(name), value)


def month_summary(sheet: Worksheet) -> None:
    month = int(re.findall(r"（(\d+)）月", str(sheet["A2"].value))[0])
    for place, words in (("C5", "日常"), ("C6", "重要任务"), ("C7", "问题"), ("C8", "打算"), ("C12", "情况属实")):
        type_in(sheet[place], f"{words}：按计划完成。")
    assert [sheet.cell(9, column).value for column in range(3, 8)] == ["病假", "事假", "年休", "法定假", "加班补休"]
    type_in(sheet["C10"], 0.5)
    type_in(sheet["C11"], month / 2)
    type_in(sheet["G10"], 1)


def quarter_form(sheet: Worksheet) -> None:
    type_in(sheet["C5"], "完成季度任务。")
    type_in(sheet["C6"], "继续改进。")
    type_in(sheet["D8"], "√")
    type_in(sheet["D10"], "√")
    type_in(sheet["C11"], "同意自评。")


def record(sheet: Worksheet) -> None:
    head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "工作任务进度")
    for row, state in ((head + 1, "已完成"), (head + 2, "进行中")):
        type_in(sheet.cell(row, 3), "整理档案，报送材料")
        type_in(sheet.cell(row, 4), state)
        type_in(sheet.cell(row, 5), "4月20日")
    for row in sheet.iter_rows(min_row=5, max_col=2):
        if str(row[0].value).startswith(("科室业务", "个人岗位", "分管领导或")):
            type_in(row[1], "认真履行职责。")


FILLERS: dict[str, Callable[[Worksheet], None]] = {
    "出勤汇总表": attendance,
    "季度评价汇总表": rating,
    "公务员平时（每月）考核测评表": points,
    "分管领导打分表": points,
    "工作台账": work_ledger,
    "加减分事项表": adjustments,
    "纪检意见表": objections,
    "特殊情形表": circumstances,
    "干部日常考评一周小记表": notes,
    "干部日常考评月度小结表": month_summary,
    "干部日常考评季度评价表": quarter_form,
    "公务员每周工作记实": record,
    "公务员平时（每月）考核备案表": record,
}


# ---- the round trip ----------------------------------------------------------------------------------------------------


def returned(folder: Path, sent: Sent, files: dict[str, bytes]) -> Outcome:
    """A workplace with the same roster and these files: run."""
    workplace = Workplace(folder)
    shutil.copy(sent.like / "rules.yaml", folder / "rules.yaml")
    shutil.copytree(sent.folder / "input", workplace.input, dirs_exist_ok=True)
    for name, data in files.items():
        workplace.put(f"收表/{name}", data)
    return workplace.run("run", sent.wish)


def graded(outcome: Outcome) -> dict[tuple[str, str, str], str]:
    return {(line["姓名"], line["科室"], line["考核周期"]): line["建议等次"] for line in outcome.ledger}


def flawless(outcome: Outcome, asked: set[str]) -> None:
    """Not an error anywhere, not a warning in the sheets that came back, and everybody asked has a proposal."""
    assert outcome.errors == []
    repeated = "copied-period"  # every month is filled in alike here, and the program rightly wonders
    said = [problem for problem in outcome.problems if problem["代码"] != repeated]
    assert [problem for problem in said if problem["文件"].startswith("收表/") or not problem["文件"]] == []
    proposals = graded(outcome)
    assert asked <= {name for name, _, _ in proposals}
    assert all(proposals.values())
    assert {str(known) for known in Grade} & set(proposals.values()) >= {"较好"}


def asked_of(files: dict[str, bytes]) -> set[str]:
    found: set[str] = set()
    for name, data in files.items():
        for sheet in list(tabs(data).values())[1:] if "周" not in name else ():
            title = str(sheet["A1"].value)
            if title.startswith(("季度评价汇总表", "公务员平时（每月）考核测评表", "分管领导打分表")):
                found |= set(people_on(sheet))
    return found


def one_week_a_month(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Without the weekly forms of all weeks but one, which are nothing but more of the same."""
    return {name: data for name, data in files.items() if "周" not in name or " 第2周 " in name}


def one_of_each_kind(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The forms of the whole quarter, of its first month and of one week: the others are the same again."""
    periods = {name: name.rpartition("/")[2].split()[0] for name in files}
    first = min(periods.values())
    return {name: data for name, data in one_week_a_month(files).items() if "Q" in periods[name] or periods[name] == first}


def test_filled_in_and_dropped_back_they_read_without_a_problem(sent: Sent, dropped: Outcome) -> None:
    flawless(dropped, asked_of(sent.files))


def test_namesakes_in_two_departments_stay_two_people(tmp_path: Path) -> None:
    roster = drawn_roster("姓名 | 科室 | 职务 | 职务职级 | 人员类别", [[line[0], line[2] + line[3], *line[4:]] for line in LINES])
    folder = small(tmp_path / "发表", roster, CIRCUMSTANCES, JINING / "rules.yaml")
    sent = Sent(folder, JINING, "2020-04", one_week_a_month(made(folder, "2020-04")))
    flawless(returned(tmp_path / "考核", sent, sent.filled), asked_of(sent.files))


Saved = Mapping[tuple[Path, str], dict[str, bytes]]


@pytest.fixture(scope="module")
def saved(few: Few, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """What a second program makes of filled forms, by workplace and format: all as .xls; as .xlsx the paper forms (the lists: see test_whole_way)."""
    every = [few(*one) for one in EVERY]
    as_xls = {(sent.folder, name): data for sent in every for name, data in one_of_each_kind(sent.filled).items()}
    as_xlsx = {(folder, name): data for (folder, name), data in as_xls.items() if "月度小结" in name or "季度评价表" in name}
    found: dict[tuple[Path, str], dict[str, bytes]] = {}
    for extension, files in (("xls", as_xls), ("xlsx", as_xlsx)):
        names = {f"{number}.{extension}": where for number, where in enumerate(files)}
        for name, data in converted(files.values(), extension, tmp_path_factory.mktemp(extension)).items():
            folder, before = names[name]
            found.setdefault((folder, extension), {})[before] = data
    return found


@pytest.mark.skipif(SOFFICE is None, reason=MISSING)
def test_through_libreoffice_the_grades_come_out_the_same(sent: Sent, dropped: Outcome, saved: Saved, tmp_path: Path) -> None:
    """A second program opens what was filled in and saves it in another format."""
    formats = [extension for folder, extension in saved if folder == sent.folder]
    assert formats == (["xls", "xlsx"] if any("季度评价表" in name for name in sent.files) else ["xls"])
    for extension in formats:
        files = saved[sent.folder, extension]
        again = {name.replace(".xlsx", f".{extension}"): data for name, data in files.items()}
        others = {name: data for name, data in one_week_a_month(sent.filled).items() if name not in files}
        outcome = returned(tmp_path / extension, sent, others | again)
        flawless(outcome, asked_of(sent.files))
        assert graded(outcome) == graded(dropped)


def converted(files: Iterable[bytes], extension: str, scratch: Path) -> dict[str, bytes]:
    """Files as 0, 1, 2 … in another format."""
    for number, data in enumerate(files):
        (scratch / f"{number}.xlsx").write_bytes(data)
    source = sorted(scratch.iterdir())
    soffice(scratch / "profile", "--convert-to", extension, "--outdir", str(scratch / "另存为"), *map(str, source))
    saved = {path.name: path.read_bytes() for path in (scratch / "另存为").iterdir()}
    assert len(saved) == len(source)
    return saved


# ---- the command -------------------------------------------------------------------------------------------------------


def test_the_command_writes_the_folder_whole_and_again(workplace: Workplace) -> None:
    workplace.put("名册.xlsx", ROSTER)
    workplace.put("情形.xlsx", KNOWN)
    outcome = workplace.call("blank", "2021-10")
    assert outcome.exit_code == 0, outcome.said
    folder = workplace.output / "空白表 2021-10"
    first = files_below(folder)
    assert "办公室/2021-10 平时考核用表 办公室.xlsx" in first
    (folder / "旧的.xlsx").write_bytes(b"")
    assert workplace.call("blank", "2021年10月").exit_code == 0
    assert files_below(folder) == first
    assert workplace.call("blank", "2021-10", "--forms").exit_code == 0
    assert [path.name for path in workplace.output.iterdir() if not path.name.startswith(".正在运行")] == ["空白表 2021-10"]


def test_the_command_refuses_a_year_and_an_empty_workplace(workplace: Workplace) -> None:
    assert workplace.call("blank", "2021").exit_code == 2
    assert "人员名册" in workplace.call("blank", "2021Q4").said


def test_the_command_says_who_may_be_missing_because_of_a_faulty_roster(workplace: Workplace) -> None:
    """Sheets sent out without somebody come back without them."""
    head = "人员名册\n姓名 | 工号 | 科室 | 职务职级\n张三 | 1 | 办公室 | 一级科员"
    workplace.put("名册.xlsx", head)
    workplace.put("出勤.xlsx", "出勤汇总表（2021-10）\n姓名 | 病假\n张三 | 许多")
    clean = workplace.call("blank", "2021-10")
    assert (clean.exit_code, list(shown_in(clean.lines))) == (0, [])  # what departments filled in wrongly is none of its business
    workplace.put("名册.xlsx", f"{head}\n李四 | 1 | 办公室 | 一级科员")
    workplace.put("特殊情形表.xlsx", "特殊情形表\n姓名 | 情形 | 开始日期\n张三 | 立岸 | 2021-10-08")
    told = workplace.call("blank", "2021-10")
    assert told.exit_code == 1
    assert [line.partition("：")[0] for line in shown_in(told.lines)] == ["【错误】名册.xlsx!Sheet1!A4", "【错误】特殊情形表.xlsx!Sheet1!B3"]
    assert told.lines[-1] == "名册或特殊情形表有错误，空白表上的人员可能不全。请改正后重新生成，再发给科室。"
    assert (workplace.output / "空白表 2021-10/办公室").is_dir()
    (workplace.input / "名册.xlsx").write_bytes(b"PK\x03\x04 torn")
    lost = workplace.call("blank", "2021-10")
    assert (lost.exit_code, "【错误】名册.xlsx：文件打不开" in lost.said) == (1, True)


def test_the_command_waits_for_nobody_who_is_at_work_here(workplace: Workplace) -> None:
    workplace.put("名册.xlsx", ROSTER)
    workplace.put("情形.xlsx", KNOWN)
    with held(workplace.output):
        refused = workplace.call("blank", "2021-10")
    assert (refused.exit_code, refused.said.startswith("另一个程序正在处理这个工作文件夹")) == (2, True)
    assert workplace.call("blank", "2021-10").exit_code == 0


# ---- what goes out -----------------------------------------------------------------------------------------------------


def test_the_same_bytes_twice_under_names_legal_on_windows(sent: Sent) -> None:
    again = made(sent.folder, sent.wish, not any("平时考核用表" in name for name in sent.files))
    assert sent.files == again
    for name in sent.files:
        assert not re.search(r'[<>:"\\|?*]', name)
        assert all(part == part.strip(" .") for part in name.split("/"))
        period = parse_period(name.rpartition("/")[2].split()[0])
        assert period is not None


def test_a_quarter_has_each_month_and_the_quarter_in_one_workbook(few: Few) -> None:
    files = few(WENZHOU, "2021Q4", False).files
    sheets = tabs(files[OFFICE])
    assert list(sheets) == [GUIDE, "10月出勤", "11月出勤", "12月出勤", "季度评价"]
    assert [sheet["A1"].value for sheet in list(sheets.values())[1:]] == [
        *(f"出勤汇总表（2021-{month}）" for month in (10, 11, 12)),
        "季度评价汇总表（2021Q4）",
    ]
    assert not [name for name in files if "月度小结" in name or "季度评价表" in name]


def test_a_month_has_that_month_only() -> None:
    files = made(WENZHOU, "2021-10")
    sheets = tabs(files["机关/归集管理处/2021-10 平时考核用表 机关归集管理处.xlsx"])
    assert list(sheets) == [GUIDE, "出勤"]
    assert {name.split()[1] for name in files if "一周小记表" in name} == {"第2周", "第3周", "第4周", "第5周"}


def test_the_paper_forms_stand_in_for_the_lists_when_asked(few: Few) -> None:
    files = few(WENZHOU, "2021Q4", True).files
    assert not [name for name in files if "平时考核用表" in name]
    sheets = tabs(files["机关/办公室/季度评价/2021Q4 干部日常考评季度评价表 机关办公室.xlsx"])
    assert list(sheets)[:3] == [GUIDE, "梁一", "陈二"]
    assert {"姓名", "梁一", "机关", "办公室", "主任", "工号：101"} <= set(texts(sheets["梁一"]))


def test_what_leaders_and_the_office_fill_is_kept_from_the_departments(few: Few) -> None:
    files = few(REFORM, "2021Q2", False).files
    assert "人事部门/2021Q2 加减分事项表 市发展和改革委员会.xlsx" in files
    assert "分管领导/2021Q2 分管领导打分表 机关办公室.xlsx" in files
    sheets = tabs(files["机关办公室/2021Q2 平时考核用表 机关办公室.xlsx"])
    assert list(sheets) == [GUIDE, "4月工作台账", "5月工作台账", "6月工作台账"]


ROSTER = """
人员名册
姓名  工号  科室    职务    职务职级      人员类别  备注
张三  001   办公室  主任    乡科级正职    公务员    _
李四月  002   办公室  科员    一级科员      公务员    _
王五  003   办公室  _       _             公务员    _
赵六  004   办公室  科员    一级科员      公务员    _
钱七  005   办公室  驾驶员  _             工勤      _
孙八  006   办公室  科员    二级科员      公务员    _
周九  007   办公室  科员    二级科员      公务员    _
"""
KNOWN = """
特殊情形表
姓名  情形      开始日期     依据
王五  试用期    2021-08-02   录用通知
赵六  借调外出  2021-01-01   借调函
孙八  立案调查  2021-09-01   立案决定
周九  未参加    2021-10-01   本人说明
"""


def test_only_those_who_owe_stand_on_a_sheet(tmp_path: Path) -> None:
    """工勤, 借调 and 未参加 on none; 试用期 on attendance only; somebody under investigation on all, so that no gap tells."""
    files = made(small(tmp_path / "小", ROSTER, KNOWN), "2021Q4")
    sheets = tabs(files["办公室/2021Q4 平时考核用表 办公室.xlsx"])
    assert people_on(sheets["10月出勤"]) == ["张三", "李四月", "王五", "孙八"]
    assert people_on(sheets["季度评价"]) == ["张三", "李四月", "孙八"]


def test_somebody_new_stands_on_the_sheets_from_the_month_of_arrival(tmp_path: Path) -> None:
    roster = "人员名册\n姓名  科室  职务职级  到岗日期\n张三  办公室  一级科员  2015-07-01\n李四  办公室  一级科员  2021-11-15"
    sheets = tabs(made(small(tmp_path / "小", roster), "2021Q4")["办公室/2021Q4 平时考核用表 办公室.xlsx"])
    assert [people_on(sheets[f"{month}月出勤"]) for month in (10, 11, 12)] == [["张三"], ["张三", "李四"], ["张三", "李四"]]


def test_a_name_that_sounds_like_a_month_does_not_date_its_tab(tmp_path: Path) -> None:
    folder = small(tmp_path / "小", ROSTER, KNOWN)
    files = made(folder, "2021Q4", forms=True)
    for name, data in one_week_a_month(files).items():
        if "人事部门" not in name:
            (folder / "input" / name.rpartition("/")[2]).write_bytes(fill(data))
    received = receive(Folder(folder), open_workplace(Folder(folder)))
    assert [str(problem) for problem in received.problems] == []


@pytest.mark.parametrize("name", ["=1+1", "<b>张</b>", "{{ x }}", "欧阳&司马"])
def test_names_come_out_as_text(name: str, tmp_path: Path) -> None:
    roster = f"人员名册\n姓名 | 科室 | 职务 | 职务职级\n{name} | {name}科 | {name} | 一级科员"
    for forms in (False, True):
        for data in made(small(tmp_path / f"小{forms}", roster), "2021-10", forms).values():
            for sheet in list(tabs(data).values())[1:]:
                assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_row_is_as_high_as_a_long_name_or_department_needs(tmp_path: Path) -> None:
    name, department = "阿卜杜热合曼·阿卜力米提·艾则孜江", "跨部门协调联络和应急值守保障办公室（筹备组）"
    roster = f"人员名册\n姓名 | 科室 | 职务 | 职务职级\n{name} | 一科 | 科员 | 一级科员\n张三 | 一科 | 科员 | 一级科员\n李四 | {department} | 科员 | 一级科员"
    files = made(small(tmp_path / "小", roster), "2021-10")
    (long, short), (wide,) = (
        [sheet.row_dimensions[row].height for row in rows] for sheet, rows in ((_october(files, "一科"), (4, 5)), (_october(files, department), (4,)))
    )
    assert short == 24
    assert long >= 4 * FONT_SIZE * 1.2  # 19 characters, five to a line
    assert wide >= 3 * FONT_SIZE * 1.2  # 22 characters, nine to a line


def _october(files: dict[str, bytes], department: str) -> Worksheet:
    return tabs(files[f"{department}/2021-10 平时考核用表 {department}.xlsx"])["出勤"]


# ---- how a sheet behaves -----------------------------------------------------------------------------------------------


def rules(sheet: Worksheet) -> dict[str, object]:
    """Each column's validation by its heading."""
    row, columns = head_of(sheet)
    letters = {name: sheet.cell(row, column).column_letter for name, column in columns.items()}
    found = {}
    for rule in sheet.data_validations.dataValidation:
        for name, letter in letters.items():
            if f"{letter}{row + 1}" in rule:
                found[name] = rule
    return found


def test_days_are_limited_to_the_working_days_of_the_month_by_halves(few: Few) -> None:
    sheets = tabs(few(WENZHOU, "2021Q4", False).files[OFFICE])
    rule = rules(sheets["10月出勤"])["病假"]
    assert getattr(rule, "formula1", "") == "AND(ISNUMBER(F4),F4>=0,F4<=17,MOD(F4*2,1)=0)"
    assert "0 到 17" in getattr(rule, "error", "")
    assert "0 到 22" in getattr(rules(sheets["11月出勤"])["事假"], "error", "")


def test_grades_items_and_dates_are_limited_with_chinese_messages(few: Few) -> None:
    rating_rule = rules(tabs(few(WENZHOU, "2021Q4", False).files[OFFICE])["季度评价"])["领导评价档次"]
    assert getattr(rating_rule, "formula1", "") == '"好,较好,一般,较差"'
    scores = rules(tabs(few(JINING, "2020Q2", False).files["机关办公室/2020Q2 平时考核用表 机关办公室.xlsx"])["4月测评"])
    assert "0 到 30" in getattr(scores["业务经办指标"], "error", "")
    office = few(REFORM, "2021Q2", False).files
    events = rules(tabs(office["人事部门/2021Q2 加减分事项表 市发展和改革委员会.xlsx"])["加减分事项"])
    assert "对上争取" in getattr(events["事项类别"], "formula1", "")
    assert getattr(events["姓名"], "formula1", "").startswith(f"'{GUIDE}'!$F$2:")
    known = rules(tabs(office["人事部门/2021Q2 特殊情形表 市发展和改革委员会.xlsx"])["特殊情形"])
    assert "借调外出" in getattr(known["情形"], "formula1", "")


def test_headings_and_names_are_locked_without_a_password(sent: Sent) -> None:
    for data in list(sent.files.values())[::5]:
        for sheet in tabs(data).values():
            assert sheet.protection.sheet
            assert not sheet.protection.password
            assert sheet.freeze_panes or sheet.title == GUIDE
            assert sheet.page_setup.paperSize == 9
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert all(cell.protection.locked for cell in sheet[1])


def test_the_guide_says_limits_dates_and_clauses(few: Few) -> None:
    said = "\n".join(texts(tabs(few(WENZHOU, "2021Q4", False).files[OFFICE])[GUIDE]))
    assert "没有这项材料的人暂不评定等次（四（二））" in said
    assert "10月 17 天、11月 22 天、12月 23 天" in said
    assert "出勤率低于 80%的，等次不得高于一般（四（三）4（3））" in said
    assert "报送备案表和名单表（2021年第4季度）：2022年1月20日前（四（三）5）" in said


def test_weeks_are_those_with_working_days_cut_at_the_end_of_the_month() -> None:
    policy = load_policy(WENZHOU / "rules.yaml")
    weeks = weeks_of(Period.month(2021, 10), calendar_of(policy, Period.month(2021, 10)))
    assert [(week.number, week.first.day, week.last.day) for week in weeks] == [(2, 8, 9), (3, 11, 15), (4, 18, 22), (5, 25, 29)]
    assert weeks_of(Period.month(2021, 11), calendar_of(policy, Period.month(2021, 11)))[-1].last == dt.date(2021, 11, 30)
