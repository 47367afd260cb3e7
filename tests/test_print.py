"""How every form prints, in a second program: no text cut, headings on every page, the signature with the last line, as many pages as it should.

All workbooks go through LibreOffice in one call; what stands on the pages is read back from the PDF.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from drawn import ROOT
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet
from test_sitting import result_in

from appraisal.model import Decision, Grade, Verdict
from appraisal.render.filing import filing_values, list_values
from appraisal.render.forms import FILING, NAMES, open_template
from appraisal.render.month_records import month_records
from appraisal.render.notice import NOTICE, notice_values
from appraisal.render.scored_sheets import scored_sheets
from appraisal.render.sitting import sitting
from appraisal.render.slips import slips
from appraisal.render.template import Tab, Template
from appraisal.render.year import LIST_TEMPLATE
from appraisal.result import Result

MISSING = [tool for tool in ("soffice", "pdftotext", "pdfinfo") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed here, nothing can be printed: {'、'.join(MISSING)}")

TEMPLATES = ROOT / "templates"
LONG = 120
"""People on the long lists."""
TOO_LOW = "行高不够.xlsx"
COUNTS = range(8, 34)
"""So many people on a notice each: somewhere among them a page is just full."""
LONG_NAMES = ("买买提·吐尔逊阿吉", "欧阳雪", "李", "古丽娜孜·艾山江")
LONG_POST = "乡科级正职、一级主任科员（兼任机关党委专职副书记）"


@dataclass(frozen=True)
class Printed:
    """A workbook and its pages."""

    path: Path
    pages: tuple[str, ...]
    pdf: Path

    def tabs(self) -> Mapping[str, Worksheet]:
        return {sheet.title: sheet for sheet in load_workbook(self.path).worksheets}

    @property
    def whole(self) -> str:
        return "".join(self.pages)


def bare(text: object) -> str:
    """Without blanks and line breaks: a page breaks its lines where it likes."""
    return re.sub(r"\s+", "", str(text))


def crowd(verdict: Verdict, count: int) -> list[Decision]:
    """So many people like those of a verdict, with awkward names and posts among them."""
    found = [decision for decision in verdict.decisions if decision.proposal.in_scope and decision.proposed is not Grade.FAIR]
    return [_somebody(found[place % len(found)], place) for place in range(count)]


def _somebody(decision: Decision, place: int) -> Decision:
    standing = decision.proposal.standing
    name, rank = f"{LONG_NAMES[place % 4]}{place:03}", LONG_POST if place % 7 == 0 else standing.person.rank
    person = replace(standing.person, index=place, name=name, staff_no=f"{place:05}", rank=rank)
    return replace(decision, proposal=replace(decision.proposal, standing=replace(standing, person=person)))


def lists(result: Result) -> dict[str, bytes]:
    """附件4 with a long remark, for several units; 附件5 and 附件6 with very many people."""
    verdict, policy = result.verdicts[0], result.policy
    people = crowd(verdict, LONG)
    units = list(dict.fromkeys(decision.person.unit for decision in verdict.decisions))
    filing = [Tab(unit, filing_values(verdict.of(unit), verdict, unit, policy, "【草稿】")) for unit in units]
    long = filing_values(people, verdict, "温州市住房公积金管理中心乐清分中心（筹）", policy, "更正1")
    listed = list_values(people, verdict, "机关", policy, "【草稿】")
    yearly = [
        {"number": n, "name": d.person.name, "department": d.person.department, "rank": d.person.rank, "count": 2, "note": "另有一般1次（第3季度）"}
        for n, d in enumerate(people, 1)
    ]
    year = {"mark": "【草稿】", "period_title": "2021年度", "unit": "机关", "people": yearly, "footnote": policy.forms.year_footnote}
    return {
        FILING: open_template(TEMPLATES, FILING).fill([*filing, Tab("长备注", long)]),
        NAMES: open_template(TEMPLATES, NAMES).fill([Tab("机关", listed)]),
        LIST_TEMPLATE: Template.load(TEMPLATES / LIST_TEMPLATE).fill([Tab("机关", year)]),
    }


def notices(result: Result) -> bytes:
    """公示 of so many people, and of so many, tab by tab."""
    assert result.calendar is not None
    tabs = []
    for count in (*COUNTS, LONG):
        verdict = replace(result.verdicts[0], decisions=tuple(replace(decision, proposed=Grade.GOOD) for decision in crowd(result.verdicts[0], count)))
        tabs.append(Tab(f"{count}人", notice_values(verdict, result.policy, "【草稿】", result.calendar)))
    return open_template(TEMPLATES, NOTICE).fill(tabs)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Printed]:
    """Every form that somebody signs or hangs up, printed."""
    wenzhou, jining = result_in(ROOT, "2021Q4"), result_in(ROOT / "examples" / "jining-commerce", "2020Q2")
    files = lists(wenzhou)
    files[NOTICE] = notices(jining)
    files["反馈单.xlsx"] = next(iter(slips(jining, TEMPLATES).values()))
    files["每月考核备案表.xlsx"] = next(iter(month_records(jining.verdicts, jining.records, jining.policy, jining.mark, TEMPLATES).values()))
    files["审定表.xlsx"] = sitting(jining.verdicts, jining.policy, jining.state, jining.period)
    sheets = scored_sheets(jining.verdicts, jining.policy, jining.mark)
    assert sheets is not None
    files[TOO_LOW] = too_low()
    files["测评表.xlsx"] = sheets
    return on_paper(files, tmp_path_factory.mktemp("打印"))


def too_low() -> bytes:
    """A list whose middle row has room for one line and holds five."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.column_dimensions["A"].width = 20
    for row, text in enumerate(("上一行", "甲乙丙丁戊己庚辛壬癸" * 6, "下一行"), 1):
        sheet.cell(row, 1, text).alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[row].height = 18
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def on_paper(files: Mapping[str, bytes], folder: Path) -> Mapping[str, Printed]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *(str(folder / name) for name in files)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pdfs = {name: (folder / name).with_suffix(".pdf") for name in files}
    return {name: Printed(folder / name, pages_of(pdf), pdf) for name, pdf in pdfs.items()}


def pages_of(pdf: Path) -> tuple[str, ...]:
    """The text of each page as it was drawn, cell by cell, without blanks."""
    text = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], check=True, capture_output=True, text=True, encoding="utf-8").stdout
    pages = tuple(bare(page) for page in text.split("\f")[:-1])
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert f"Pages: {len(pages)}" in re.sub(r" +", " ", told)
    assert "(A4)" in told
    return pages


Word = tuple[float, float, float, float, str]
"""A word on a page: left, top, right and bottom in points, and the word."""


def words_of(pdf: Path) -> list[list[Word]]:
    """The words of each page with their places."""
    said = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return [[(float(a), float(b), float(c), float(d), word) for a, b, c, d, word in _WORD.findall(page)] for page in said.split("<page ")[1:]]


_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


def collisions(words: Sequence[Word]) -> list[str]:
    """Words printed over each other. A row too low for its text lets the lines run into the rows above and below, where they are cut."""
    placed = sorted(words, key=lambda word: word[1])
    found = []
    for place, (left, top, right, bottom, word) in enumerate(placed):
        for other_left, other_top, other_right, other_bottom, other in placed[place + 1 :]:
            if other_top >= bottom:
                break
            high = min(bottom, other_bottom) - other_top
            if high > 0.35 * min(bottom - top, other_bottom - other_top) and min(right, other_right) - max(left, other_left) > 1:
                found.append(f"{word} / {other}")
    return found


def texts(sheet: Worksheet) -> Sequence[str]:
    return [bare(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None and bare(cell.value)]


FORMS = (FILING, NAMES, LIST_TEMPLATE, NOTICE, "反馈单.xlsx", "每月考核备案表.xlsx", "审定表.xlsx", "测评表.xlsx")


@pytest.mark.parametrize("form", FORMS)
def test_no_text_is_cut(printed: Mapping[str, Printed], form: str) -> None:
    """Every cell's text stands on paper whole."""
    done = printed[form]
    cut = {f"{title}：{text}" for title, sheet in done.tabs().items() for text in texts(sheet) if text not in done.whole}
    assert not cut


@pytest.mark.parametrize("form", FORMS)
def test_no_row_is_too_low_for_its_text(printed: Mapping[str, Printed], form: str) -> None:
    pages = words_of(printed[form].pdf)
    assert len(pages) == len(printed[form].pages)
    assert not [collision for page in pages for collision in collisions(page)]


def test_a_row_that_is_too_low_would_be_seen(printed: Mapping[str, Printed]) -> None:
    """The proof that the test before can fail."""
    (page,) = words_of(printed[TOO_LOW].pdf)
    assert collisions(page)


@pytest.mark.parametrize("form", [FILING, "反馈单.xlsx", "每月考核备案表.xlsx"])
def test_one_page_for_each_unit_or_person(printed: Mapping[str, Printed], form: str) -> None:
    done = printed[form]
    tabs = done.tabs()
    assert len(done.pages) == len(tabs)
    for page, sheet in zip(done.pages, tabs.values(), strict=True):
        assert all(text in page for text in texts(sheet))


def test_the_seal_and_the_date_stand_on_the_page_of_the_filing_form(printed: Mapping[str, Printed]) -> None:
    for page in printed[FILING].pages:
        assert "（盖章）" in page
        assert "合计" in page
        assert page.index("合计") < page.index("（盖章）")


@pytest.mark.parametrize(
    ("form", "head"),
    [
        (NAMES, ("序号", "姓名", "所在处（科）", "职务职级", "考核等次", "备注")),
        (LIST_TEMPLATE, ("序号", "姓名", "所在处（科）", "职务职级", "“好”次数", "备注")),
    ],
)
def test_the_heading_stands_on_every_page_of_a_long_list(printed: Mapping[str, Printed], form: str, head: Sequence[str]) -> None:
    pages = printed[form].pages
    assert len(pages) >= LONG // 40
    assert all("".join(head) in page for page in pages)
    assert sum(page.count("呈报单位（盖章）：机关年月日") for page in pages) == 1
    assert "呈报单位（盖章）：机关年月日" in pages[0]
    (sheet,) = printed[form].tabs().values()
    names = [bare(row[1].value) for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert len(names) == LONG
    assert names[0] in pages[0]
    assert names[-1] in pages[-1]


def notices_of(done: Printed) -> list[list[str]]:
    """The pages of each tab: a title begins the next."""
    found: list[list[str]] = []
    for page in done.pages:
        if "平时考核结果公示" in page:
            found.append([])
        found[-1].append(page)
    return found


def test_the_end_of_a_notice_is_not_torn_from_its_last_line(printed: Mapping[str, Printed]) -> None:
    """Where the list fills a page to its end, the term, who publishes and the day do not stand alone on the next."""
    found = notices_of(printed[NOTICE])
    assert len(found) == len(COUNTS) + 1
    assert {len(pages) for pages in found[:-1]} >= {1, 2}, "none of these notices just fills a page"
    torn = []
    for count, pages in zip((*COUNTS, LONG), found, strict=True):
        last = f"{LONG_NAMES[(count - 1) % 4]}{count - 1:03}"
        assert "序号姓名科室考核等次" in pages[0]
        if any(name in page for page in pages[1:] for name in (last,)):
            assert all("序号姓名科室考核等次" in page for page in pages)
        if not ("济宁市商务局年月日" in pages[-1] and "公示时间" in pages[-1]):
            torn.append(count)
    assert not torn


def test_the_heading_of_the_sheet_to_be_signed_stands_on_every_page(printed: Mapping[str, Printed]) -> None:
    pages = [page for page in printed["审定表.xlsx"].pages if "批准日期" in page and "比例说明" not in page]
    assert len(pages) >= 3
    assert all("序号姓名工号" in page for page in pages[:3])


def test_a_slip_has_room_for_a_signature(printed: Mapping[str, Printed]) -> None:
    for page in printed["反馈单.xlsx"].pages:
        assert "本人（签字）：年月日" in page
