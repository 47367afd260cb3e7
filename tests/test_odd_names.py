"""Whatever people, departments and units are called, it comes out as that text: beside every odd workplace stands a twin with plain names.

Where the twin's output says 逯甲, the odd one's says =1+1, in the same kind of cell, the same element, the same line; nothing is calculated, opened or run.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from drawn import MONTHS, QUARTER, ROOT, RULES, Workplace, attendance, changed_rules, files_below
from openpyxl import load_workbook
from post_office import DOMAIN, parsed

JINING = ROOT / "examples" / "jining-commerce" / "rules.yaml"
ODD = {
    "逯甲": "=1+1",
    "逯乙": "<b>粗</b>",
    "逯丙": "{{ 7*7 }}",
    "逯丁": "{% for x in y %}",
    "逯戊": "@SUM(A1)",
    "逯己": "-2+3",
    "逯庚": "<script>alert(1)</script>",
    "逯辛": "A&amp;B",
    "逯壬": "${jndi:x}",
    "逯癸": "'单引'",
    "逯一科": "=HYPERLINK(1)科",
    "逯二科": "<i>斜</i>科",
    "逯三科": "{{x}}科",
    "逯东局": "../../局",
    "逯西局": "=cmd+'/c'!A0局",
    "逯市": "{{本}}<u>市</u>",
    "逯话": "第一行\n=1+1第二行\n<p>{{ 7*7 }}",
}
PEOPLE, DEPARTMENTS, UNITS, ORGANISATION, REMARK = [*ODD][:10], [*ODD][10:13], [*ODD][13:15], [*ODD][15], [*ODD][16]
BACK = {odd: plain for plain, odd in ODD.items()} | {ODD[REMARK].replace("\n", "\\n"): REMARK}
"""Odd names to plain ones; where a text must stay on one line, its breaks are shown as \\n."""
_PLAIN = re.compile("|".join(sorted(ODD, key=len, reverse=True)))
_ODD = re.compile("|".join(map(re.escape, sorted(BACK, key=len, reverse=True))))
_BYTES = re.compile(r"\b[0-9a-f]{64}\b")
LEGAL = re.compile(r"""(?![. ])[^<>:"|?*\\/\x00-\x1f]{1,120}(?<![ .])""")
ITEMS = "政治品质（20%） | 工作作风（10%） | 廉洁自律（10%） | 学习指标（10%） | 业务经办指标（30%） | 目标实施指标（10%） | 争先创优指标（10%）"

Words = Callable[[str], str]


def plain(text: str) -> str:
    """The text with the names of the twin, without what their length and bytes change: blanks that centre, sizes and hashes."""
    return _BYTES.sub("", re.sub("\u3000+", "\u3000", _ODD.sub(lambda match: BACK[match[0]], text)))


def lines(text: str) -> list[str]:
    """The lines of a text in any order (of problems and letters some are sorted by name), without the names of files, which may not hold every character."""
    return sorted(plain(line).partition("附件：")[0] for line in text.splitlines())


def named_in(texts: Iterable[str]) -> set[str]:
    """The odd names that stand in texts, whole."""
    return {ODD[BACK[match[0]]] for text in texts for match in _ODD.finditer(text)}


@dataclass(frozen=True)
class Twins:
    """Two workplaces that differ in names only, and what the program said in each."""

    folders: tuple[Path, Path]
    said: tuple[str, str]
    names: frozenset[str]
    """The odd names that occur."""

    def files(self, ending: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Everything written with such an ending, of the plain one and of the odd one."""
        tame, odd = ({name: data for name, data in files_below(folder / "output").items() if name.endswith(ending)} for folder in self.folders)
        assert len(tame) == len(odd) > 0
        return tame, odd


def scored(place: Workplace, name: Words, text: Words) -> str:
    """济宁, one month, not yet approved: points above the maximum, somebody without points, somebody under investigation; then drafts and blanks."""
    (place.folder / "rules.yaml").write_text(
        changed_rules(JINING, [("济宁市商务局\n\n# ---- 二", f"{json.dumps(text(ORGANISATION))}\n\n# ---- 二")]), encoding="utf-8"
    )
    rows = (f"'{name(who)} | '{name(DEPARTMENTS[number % 3])} | '{text(who)}员 | 一级科员" for number, who in enumerate(PEOPLE))
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务 | 职务职级", *rows]))
    points = (f"'{name(who)} | 18 | 9 | 9 | 9 | {27 - number} | 9 | {99 if number == 2 else 9}" for number, who in enumerate(PEOPLE[:-1]))
    place.put("测评.xlsx", "\n".join(["公务员平时（每月）考核测评表（2020-05）", f"姓名 | {ITEMS}", *points]))
    place.put("情形.xlsx", f"特殊情形表\n姓名 | 情形 | 开始日期 | 依据\n'{name(PEOPLE[1])} | 立案调查 | 2020-05-06 | '{_drawn(text(REMARK))}")
    book = (f"'{name(department)} | 科室 | ks{number}@{DOMAIN}" for number, department in enumerate(DEPARTMENTS))
    place.put("通讯录.xlsx", "\n".join(["通讯录", "对象 | 类别 | 收件人", *book]))
    said = place.run("run", "2020-05")
    assert said.exit_code == 1
    assert {"over-maximum", "missing-input"} <= said.codes
    letters = place.call("mail", "2020-05")
    assert letters.exit_code == 0, letters.said
    return said.said + letters.said + place.call("blank", "2020-05").said + place.call("explain", name(PEOPLE[4]), "2020-05").said


def _drawn(text: str) -> str:
    return text.replace("\n", "\\n")


def mailed(place: Workplace, name: Words, text: Words) -> str:
    """温州, a quarter to its end: two units, somebody on a task force, drafts of every letter; then the blanks."""
    organisation = ("organisation: 温州市住房公积金管理中心", f"organisation: {json.dumps(text(ORGANISATION))}")
    (place.folder / "rules.yaml").write_text(changed_rules(RULES, [organisation]), encoding="utf-8")
    where = {who: (UNITS[number % 2], DEPARTMENTS[number % 2]) for number, who in enumerate(PEOPLE)}
    rows = (f"'{name(who)} | '{name(unit)} | '{name(department)} | '{text(who)}员 | 一级科员" for who, (unit, department) in where.items())
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 呈报单位 | 科室 | 职务 | 职务职级", *rows]))
    grades = ("较好", "好", "一般", "较差", *["较好"] * 6)
    rated = (f"'{name(who)} | {grade} | '{_drawn(text(REMARK))}" for who, grade in zip(PEOPLE, grades, strict=True))
    place.put("评价.xlsx", "\n".join([f"季度评价汇总表（{QUARTER}）", "姓名 | 领导评价档次 | 领导意见", *rated]))
    for month in MONTHS:
        place.put(f"{month}.xlsx", attendance({f"'{name(who)}": "病假 1" for who in PEOPLE}, [f"'{name(who)}" for who in PEOPLE], month))
    place.put("情形.xlsx", f"特殊情形表\n姓名 | 情形 | 开始日期 | 依据\n'{name(PEOPLE[4])} | 抽调 | 2021-10-08 | '{_drawn(text(REMARK))}")
    book = [
        f"'{name(ORGANISATION)}办 | 上级主管 | zzb@{DOMAIN}",
        *(f"'{name(unit)} | 呈报单位 | dw{number}@{DOMAIN}" for number, unit in enumerate(UNITS)),
        *(f"'{name(department)} | 科室 | ks{number}@{DOMAIN}" for number, department in enumerate(DEPARTMENTS[:2])),
        f"'{name(PEOPLE[6])} | 个人 | gr@{DOMAIN}",
    ]
    place.put("通讯录.xlsx", "\n".join(["通讯录", "对象 | 类别 | 收件人", *book]))
    said = place.run("run", QUARTER)
    assert said.exit_code == 0, said.said
    letters = place.call("mail", QUARTER)
    assert letters.exit_code == 0, letters.said
    return said.said + letters.said + place.call("blank", QUARTER).said


@pytest.fixture(scope="module", params=[scored, mailed], ids=["济宁草稿", "温州定稿"])
def twins(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Twins:
    folder = tmp_path_factory.mktemp("双")
    places = Workplace(folder / "平"), Workplace(folder / "奇")
    tame = request.param(places[0], str, str)
    odd = request.param(places[1], ODD.__getitem__, lambda text: _PLAIN.sub(lambda match: ODD[match[0]], text))
    used = frozenset(ODD.values()) - ({ODD[unit] for unit in UNITS} if request.param is scored else {ODD[DEPARTMENTS[2]]})
    return Twins((places[0].folder, places[1].folder), (tame, odd), used)


def test_the_terminal_says_the_same(twins: Twins) -> None:
    tame, odd = (said.replace(str(folder), "") for said, folder in zip(twins.said, twins.folders, strict=True))
    assert lines(odd) == lines(tame)


# ---- workbooks ---------------------------------------------------------------------------------------------------------


def cells(data: bytes) -> Iterator[tuple[str, str]]:
    """Kind and text of every cell and comment of a workbook."""
    for sheet in load_workbook(io.BytesIO(data)).worksheets:
        assert len(sheet.title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None or cell.hyperlink.target is None
                if cell.value is not None:
                    yield cell.data_type, str(cell.value)
                if cell.comment is not None:
                    yield "comment", cell.comment.text


def test_every_cell_of_every_workbook_is_the_twins_with_the_names_exchanged(twins: Twins) -> None:
    tame, odd = ([found for data in files.values() for found in cells(data)] for files in twins.files(".xlsx"))
    assert not [text for kind, text in odd if kind == "f"]
    assert Counter((kind, plain(text)) for kind, text in odd) == Counter((kind, plain(text)) for kind, text in tame)
    assert named_in(text for _, text in odd) == twins.names


def test_no_workbook_holds_anything_that_runs_or_reaches_out(twins: Twins) -> None:
    for files in twins.files(".xlsx"):
        for name, data in files.items():
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                assert not [part for part in book.namelist() if re.search("vba|external|ole|activeX|query", part, re.IGNORECASE)], name
                links = b"".join(book.read(part) for part in book.namelist() if part.endswith(".rels"))
            assert b'TargetMode="External"' not in links, name


# ---- pages, letters, texts, names of files -----------------------------------------------------------------------------


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text between them as a reader sees it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.feed(data.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.words += [value for name, value in attrs if value and name in ("title", "alt", "aria-label", "data-name", "href", "src", "id")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_has_the_twins_elements_and_the_twins_words(twins: Twins) -> None:
    tame, odd = (Page(next(iter(files.values()))) for files in twins.files("报告.html"))
    assert odd.elements == tame.elements
    assert [plain(text) for text in odd.words] == tame.words
    assert named_in(odd.words) >= {ODD[DEPARTMENTS[0]], ODD[DEPARTMENTS[1]], ODD[ORGANISATION]}


def test_every_letter_has_the_twins_headers_text_and_files(twins: Twins) -> None:
    tame, odd = ([parsed(data) for data in files.values()] for files in twins.files(".eml"))
    for letter in odd:
        (twin,) = (one for one in tame if one["To"] == letter["To"] and one["Subject"] == plain(str(letter["Subject"])))
        assert [name for name, _ in letter.items()] == [name for name, _ in twin.items()]
        text, same = (one.get_body() for one in (letter, twin))
        assert text is not None
        assert same is not None
        assert plain(text.get_content().partition("附件：")[0]) == plain(same.get_content().partition("附件：")[0])
        assert all(legal(str(part.get_filename())) for part in letter.iter_attachments())
    assert len(odd) >= 3
    assert named_in(str(letter["Subject"]) for letter in odd) >= {ODD[DEPARTMENTS[0]], ODD[DEPARTMENTS[1]]}


def test_texts_for_notepad_are_the_twins_too(twins: Twins) -> None:
    tame, odd = ({name.rpartition("/")[2]: data.decode("utf-8-sig") for name, data in files.items()} for files in twins.files(".txt"))
    assert plain(odd["催报.txt"]) == plain(tame["催报.txt"])
    assert {name: lines(text) for name, text in odd.items()} == {name: lines(text) for name, text in tame.items()}


def legal(name: str) -> bool:
    """True for the name of a file or folder that Windows takes too."""
    assert LEGAL.fullmatch(name), name
    return True


def test_every_file_and_folder_has_a_name_that_windows_takes_and_stays_in_its_place(twins: Twins) -> None:
    tame, odd = twins.files("")
    for folders, files in zip(twins.folders, (tame, odd), strict=True):
        assert {path.name for path in folders.iterdir()} <= {"rules.yaml", "input", "output", "archive.sqlite"}
        assert all(legal(part) for name in files for part in name.split("/") if name != ".正在运行.lock")
        assert len({name.casefold() for name in files}) == len(files)


# ---- line breaks -------------------------------------------------------------------------------------------------------


def test_a_name_typed_over_two_lines_is_one_name_on_one_line_everywhere(tmp_path: Path) -> None:
    broken, whole = ("逯\\n甲", "逯 乙", "逯\u2028丙", "逯\u200b丁", "逯\t戊"), ("逯甲", "逯乙", "逯丙", "逯丁", "逯戊")
    place = Workplace(tmp_path / "折行")
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 呈报单位 | 科室 | 职务职级", *(f"{who} | 东\\n局 | 办公\\n室 | 一级科员" for who in broken)]))
    place.put("评价.xlsx", "\n".join([f"季度评价汇总表（{QUARTER}）", "姓名 | 领导评价档次", *(f"{who} | 较差" for who in whole)]))
    for month in MONTHS:
        place.put(f"{month}.xlsx", attendance({}, broken, month))
    place.put("通讯录.xlsx", f"通讯录\n对象 | 类别 | 收件人\n省\\n厅 | 上级主管 | st@{DOMAIN}\n东局 | 呈报单位 | dj@{DOMAIN}\n办公室 | 科室 | bgs@{DOMAIN}")
    outcome = place.run()
    assert outcome.exit_code == 0, outcome.said
    assert [(line["姓名"], line["呈报单位"], line["科室"]) for line in outcome.ledger] == [(who, "东局", "办公室") for who in whole]
    assert [line[1] for line in outcome.names().lines] == [*whole]
    assert place.call("mail", QUARTER).exit_code == 0
    assert place.call("blank", QUARTER).exit_code == 0
    for name, data in files_below(place.output).items():
        assert all(legal(part) for part in name.split("/") if name != ".正在运行.lock")
        if name.endswith(".xlsx"):
            assert not [text for _, text in cells(data) if re.search("逯[\\s\u2028\u200b]|东\\s局|办公\\s室", text)], name
        if name.endswith(".eml"):
            letter = parsed(data)
            assert all(str(value).isprintable() for value in letter.values())
            assert not letter.defects
