"""报告.html and the charts of the ledger: the right numbers, nothing private, nothing from outside, and every text is text."""

from __future__ import annotations

import hashlib
import html
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
import xlsxwriter
from drawn import ROOT
from msgspec.structs import replace
from openpyxl import load_workbook
from test_sitting import result_in

from appraisal.model import Code, Decision, Filed, Grade, Period, Person, Span, State, Status, Verdict, who
from appraisal.recall import Change
from appraisal.render.charts import TAB, add_charts
from appraisal.render.lists import CREATED
from appraisal.render.report import KNOWN, NAMES, TEMPLATE, TemplateError, check_report, report
from appraisal.render.report.bars import MANY, distribution, ratios
from appraisal.render.report.figures import OUTCOMES, Tally, attendance, by_band, by_department, by_period, by_unit, in_scope, seats
from appraisal.render.report.matters import open_cases, shifts, troubles
from appraisal.render.report.page import values
from appraisal.result import Result

SAMPLES = {"温州": (ROOT, "2021Q4"), "济宁": (ROOT / "examples" / "jining-commerce", "2020Q2"), "发改委": (ROOT / "examples" / "development-reform", "2021Q2")}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    return {name: result_in(*where) for name, where in SAMPLES.items()}


@pytest.fixture(scope="module", params=list(SAMPLES))
def result(request: pytest.FixtureRequest, results: dict[str, Result]) -> Result:
    found: Result = results[request.param]
    return found


def filed_as(
    verdict: Verdict, period: Period, change: Callable[[int, Decision], str] = lambda _, decision: str(decision.proposed or decision.result)
) -> list[Filed]:
    """The same people as an earlier filing, each with the outcome `change` gives."""
    known = {str(outcome): outcome for outcome in (*Grade, *Status)}
    return [
        Filed(period, 0, d.person.name, d.person.staff_no, d.person.unit, d.person.department, "", "", None, "", known[change(place, d)], Code.RATING, "")
        for place, d in enumerate(verdict.decisions)
    ]


def before(result: Result) -> Period:
    first = result.verdicts[0].period
    return Period(first.year - 1, first.span, 12 if first.span is Span.MONTH else 4)


def with_person(result: Result, change: Callable[[Person], Person]) -> Result:
    """Everybody on the roster changed."""
    verdicts = tuple(replace(verdict, decisions=tuple(_changed(decision, change) for decision in verdict.decisions)) for verdict in result.verdicts)
    return replace(result, verdicts=verdicts)


def _changed(decision: Decision, change: Callable[[Person], Person]) -> Decision:
    standing = decision.proposal.standing
    return replace(decision, proposal=replace(decision.proposal, standing=replace(standing, person=change(standing.person))))


class Text(HTMLParser):
    """The words of a page, its elements, and everything that could fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self._own = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._own = tag in ("style", "script")
        self.fetched += [
            f"{name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "action", "data", "poster", "style") or name.startswith("on")
        ]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - as the parser calls it
        self._own = False

    def handle_data(self, data: str) -> None:
        if not self._own:
            self.words.append(data)

    @property
    def all(self) -> str:
        return " ".join(" ".join(self.words).split())


# ---- the numbers -------------------------------------------------------------------------------------------------------


def test_nobody_is_lost_between_the_roster_and_the_bars(result: Result) -> None:
    everybody = len(in_scope(result))
    for rows in (by_unit(result), by_department(result), by_band(result)):
        assert sum(row.total for row in rows) == everybody
        for bar, row in zip(distribution(rows).bars, rows, strict=True):
            assert bar.name == row.name
            assert sum(float(piece.width[:-1]) for piece in bar.pieces) == pytest.approx(100, abs=0.01)


def test_the_bars_of_the_ratio_and_the_cap_stand_on_one_scale(results: dict[str, Result]) -> None:
    rows = seats(results["温州"])
    chart = ratios(rows, several=False)
    scale = float(chart.mark[:-1]) / 40
    for bar, row in zip(chart.bars, rows, strict=True):
        assert float(bar.pieces[0].width[:-1]) == pytest.approx(float(row.group.share) * 100 * scale, abs=0.01)
        assert len(bar.pieces) == 1 + bool(row.group.good_outside)


def test_attendance_by_month_adds_up_to_that_of_the_quarter(results: dict[str, Result]) -> None:
    months = attendance(results["温州"])
    known = [d.proposal.standing.attendance for d in results["温州"].decisions if d.proposal.in_scope]
    assert sum(month.absent for month in months) == sum(one.absent for one in known if one)
    assert [month.period.number for month in months] == [10, 11, 12]
    assert attendance(results["发改委"]) == []


def test_attendance_of_a_month_is_of_those_who_are_appraised_in_it(results: dict[str, Result]) -> None:
    """Somebody left in May: appraised in April, not in May, though half of May was served."""
    appraised = [tally.total for tally in by_period(results["济宁"], {})]
    assert len(set(appraised)) > 1
    assert [month.expected for month in attendance(results["济宁"])] == appraised


def test_every_problem_is_counted_once_and_most_find_their_department(result: Result) -> None:
    found = troubles(result)
    assert sum(trouble.errors + trouble.warnings for trouble in found) == len(result.problems)
    if all("、" in problem.name for problem in result.problems):
        assert all("不能归到" not in trouble.department for trouble in found)


def test_open_cases_come_with_reason_and_clause(results: dict[str, Result]) -> None:
    tied, other, alone = open_cases(results["济宁"], Status.CONTESTED)
    assert (tied.why, tied.clause) == (other.why, other.clause)
    assert "同分" in tied.why
    assert alone.clause == "五4"


# ---- before and after --------------------------------------------------------------------------------------------------


def test_what_changed_is_told_against_the_last_period_filed_before(results: dict[str, Result]) -> None:
    result = results["温州"]
    verdict = result.verdicts[0]
    outcomes = {place: d.proposed for place, d in enumerate(verdict.decisions)}
    good, fair = (next(place for place, outcome in outcomes.items() if outcome is grade) for grade in (Grade.GOOD, Grade.FAIR))
    swapped = {good: "较好", fair: "好"}
    quarter = before(result)
    older = Period(quarter.year, quarter.span, quarter.number - 1)
    filed = filed_as(verdict, quarter, lambda place, d: swapped.get(place, str(d.proposed or d.result)))
    late = max(place for place, outcome in outcomes.items() if outcome is Grade.FAIR)
    newcomer = who(verdict.decisions[late].person)
    previous = {
        older: filed_as(verdict, older),
        quarter: [line for line in filed if line.who != newcomer],
        verdict.period: filed_as(verdict, verdict.period, lambda *_: "一般"),
    }
    columns, found = shifts(result, previous)
    assert columns == [f"{quarter.chinese}（已备案）", verdict.period.chinese]
    told = {shift.name: (shift.kind, shift.results) for shift in found}
    assert told[verdict.decisions[good].person.name] == ("上升", ("较好", "好"))
    assert told[verdict.decisions[fair].person.name] == ("下降", ("好", "较好"))
    assert told[verdict.decisions[late].person.name][0] == "新列入"
    assert len(found) == 3
    assert [shift.kind for shift in found] == ["下降", "上升", "新列入"]
    page = report(result, previous)
    assert "下降 1 人，上升 1 人，其他变化 0 人，新列入 1 人，不再列入 0 人。" in Text(page).all
    assert "与上期并列" in page


def test_filing_the_same_period_leaves_the_page_as_it_was(result: Result) -> None:
    """A second run on the same input finds its own filing in the archive and must write the same bytes."""
    own = {verdict.period: filed_as(verdict, verdict.period) for verdict in result.verdicts}
    assert report(result, own) == report(result, {}) == report(result, {})


def test_months_stand_side_by_side_where_results_are_monthly(results: dict[str, Result]) -> None:
    page = Text(report(results["济宁"], {})).all
    assert "各月等次" in page
    assert "比较 2020年4月、2020年5月、2020年6月" in page
    assert "各月等次" not in Text(report(results["发改委"], {})).all


def test_an_amendment_tells_who_changed_and_why(results: dict[str, Result]) -> None:
    decision = results["温州"].decisions[0]
    change = Change(results["温州"].period, decision.person, "好", "一般", "出勤率更正")
    page = Text(report(replace(results["温州"], changes=(change,)), {})).all
    assert "与已备案结果不同" in page
    assert "出勤率更正" in page


# ---- what the page says ------------------------------------------------------------------------------------------------


def test_the_page_says_its_state_and_the_numbers_of_the_run(result: Result) -> None:
    text = Text(report(result, {})).all
    assert {State.FINAL: "最终结果", State.DRAFT: "【草稿】材料有问题", State.AWAITING: "【草稿】等待领导研判或审定"}[result.state] in text
    for tile in values(result, {})["tiles"]:  # type: ignore[attr-defined]
        assert tile.label in text
    for row in seats(result):
        assert row.said in text
    for status in (Status.CONTESTED, Status.WITHHELD):
        for case in open_cases(result, status):
            assert case.name in text
            assert case.why in text
    for due in result.dues:
        assert due.matter in text
        assert str(due.last_day or due.note) in text
    missing = {department for (_, department, _, _), (_, names) in (result.matrix.cells if result.matrix else {}).items() if names}
    assert all(department in text for department in missing)


def test_a_month_that_is_only_scored_has_no_grades() -> None:
    text = Text(report(result_in(ROOT / "examples" / "development-reform", "2021-04"), {})).all
    assert "本期只计分、不定等次" in text
    assert "等次分布" not in text


def test_a_run_without_a_roster_still_has_a_page(results: dict[str, Result]) -> None:
    empty = replace(results["温州"], verdicts=(), matrix=None, merged=None, dues=(), calendar=None, people=0)
    assert "本期只计分" in report(empty, {})


def test_neither_staff_numbers_nor_identity_cards_nor_telephones_reach_the_page(results: dict[str, Result]) -> None:
    private = ["33030219900101123X", "330302 19900101 1234", "13857712345", "138-5771-2345", "0577-88123456", "１３８５７７１２３４５"]
    result = with_person(results["济宁"], lambda person: replace(person, staff_no=f"GH-{person.index}-9"))
    first = next(d for d in result.decisions if d.result is Status.CONTESTED)
    reason = replace(first.reasons[-1], text="、".join(["本人来电", *private, "2021年3月", "〔2021〕46号"]))
    told = replace(first, reasons=(*first.reasons[:-1], reason))
    verdicts = tuple(replace(v, decisions=tuple(told if d is first else d for d in v.decisions)) for v in result.verdicts)
    page = report(replace(result, verdicts=verdicts), {})
    assert not [number for number in private if number in page]
    assert page.count("（号码略）") == len(private)
    assert "〔2021〕46号" in page
    assert "GH-" not in page


HOSTILE = ("<script>alert(1)</script>", "{{ 7*7 }}", "{% for x in y %}", "张\n三", "a\"b'c&amp;", "</style><b>", "\u202e三张\x00", "=1+1", "]]>")


def test_every_name_comes_out_as_the_text_it_is(results: dict[str, Result]) -> None:
    """Names, departments and reasons with `<`, `{{`, line breaks, direction marks."""
    result = with_person(results["济宁"], lambda person: replace(person, name=HOSTILE[person.index % len(HOSTILE)], department=HOSTILE[person.index % 7]))
    page = report(result, {})
    read = Text(page)
    plain = Text(report(results["济宁"], {}))
    assert set(read.tags) == set(plain.tags)
    assert read.tags.count("script") == read.tags.count("style") == 1
    for name in HOSTILE:
        if name.isprintable():
            assert html.escape(name) in html.unescape(page.replace("&#39;", "&#x27;").replace("&#34;", "&quot;")) or name in read.all
    assert "49" not in re.sub(r"\d{3,}|\d+\.\d+", "", " ".join(read.words).replace("7*7", "")).split()
    assert "\x00" not in page
    assert "\u202e" not in page
    assert "\\u202e三张\\u0000" in read.all


def test_the_page_carries_everything_and_fetches_nothing(result: Result) -> None:
    page = report(result, {})
    assert not Text(page).fetched
    assert not re.search(r"https?://|@import|url\((?!#)|//[a-z]", page)
    assert "default-src 'none'" in page
    assert page.count("'sha256-") == 2 or page.count("&#39;sha256-") == 2


# ---- the template ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"), [("{{ period }}", "{{ perod }}", "perod"), ("{{ period }}", "{{ period", "第 "), ("{% if tiles %}", "{% if %}", "第 ")]
)
def test_a_spoiled_template_is_refused_with_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    source = (ROOT / "templates" / TEMPLATE).read_text(encoding="utf-8")
    (tmp_path / TEMPLATE).write_text(source.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TemplateError, match=said):
        check_report(tmp_path)


def test_the_template_names_what_it_may_and_an_older_workplace_needs_none(tmp_path: Path, results: dict[str, Result]) -> None:
    check_report(tmp_path)
    own = (ROOT / "templates" / TEMPLATE).read_text(encoding="utf-8")
    (tmp_path / TEMPLATE).write_text(own + "{# 本单位自用 #}", encoding="utf-8")
    check_report(tmp_path)
    assert hashlib.sha256(own.encode()).hexdigest() == KNOWN, "the one that comes along, looked at just now, is not looked at in a run"
    assert set(values(results["温州"], {})) | {"policy"} == NAMES


def test_a_template_that_reaches_for_python_is_stopped(tmp_path: Path, results: dict[str, Result]) -> None:
    (tmp_path / TEMPLATE).write_text("{{ period.__class__.__mro__ }}{{ people.__class__.__base__.__subclasses__() }}", encoding="utf-8")
    with pytest.raises(TemplateError):
        report(results["温州"], {}, tmp_path)


# ---- in a browser ------------------------------------------------------------------------------------------------------

MEASURE = """<body><iframe id="wide" width="1100" height="900" src="{page}"></iframe><iframe id="phone" width="360" height="800" src="{page}"></iframe>
<script>window.onload = function () {{
  var said = [], list = Array.prototype;
  ["wide", "phone"].forEach(function (id) {{
    var view = document.getElementById(id).contentWindow, inner = view.document, table = inner.querySelector("table.sortable");
    function names() {{ return list.map.call(table.tBodies[0].rows, function (row) {{ return row.cells[2].textContent; }}).join(","); }}
    function odd(what, test) {{
      var shown = list.filter.call(inner.querySelectorAll(what), function (text) {{ return view.getComputedStyle(text).display !== "none"; }});
      return list.filter.call(shown, test).length;
    }}
    said.push(id + " overflow " + (inner.scrollingElement.scrollWidth - inner.scrollingElement.clientWidth));
    said.push(id + " style " + view.getComputedStyle(inner.querySelector("h2")).borderLeftWidth);
    var line = inner.createRange();
    line.selectNode(inner.querySelector(".inside").nextSibling);
    said.push(id + " ragged " + list.filter.call(line.getClientRects(), function (part) {{
      return Math.abs(part.left - inner.querySelector("h1").getBoundingClientRect().left) > 1;
    }}).length);
    said.push(id + " before " + names());
    table.querySelectorAll("th span[role=button]")[2].click();
    said.push(id + " sorted " + names());
    said.push(id + " small " + odd("svg.chart text", function (text) {{ return parseFloat(view.getComputedStyle(text).fontSize) < 12; }}));
    said.push(id + " outside " + odd("svg.chart .figure", function (text) {{ return text.getBoundingClientRect().right > view.innerWidth + 1; }}));
  }});
  var report = document.createElement("pre");
  report.id = "said"; report.textContent = said.join("\\n"); document.body.appendChild(report);
}};</script></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: the page is not looked at in a browser")
def test_a_browser_shows_it_on_a_desk_and_on_a_phone_and_sorts_its_tables(tmp_path: Path, results: dict[str, Result]) -> None:
    """Its own style and script are let through, nothing is cut at the edge of a phone, letters stay legible, a click sorts."""
    (tmp_path / "报告.html").write_text(report(results["济宁"], {}), encoding="utf-8")
    (tmp_path / "frame.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{MEASURE.format(page='报告.html')}", encoding="utf-8")
    command = [
        str(CHROMIUM),
        *FLAGS,
        *QUIET,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--allow-file-access-from-files",
        "--virtual-time-budget=5000",
        "--dump-dom",
    ]
    dom = subprocess.run([*command, (tmp_path / "frame.html").as_uri()], capture_output=True, text=True, encoding="utf-8", timeout=60).stdout
    said = dict(line.rsplit(" ", 1) for line in re.findall(r'<pre id="said">(.*?)</pre>', dom, re.DOTALL)[0].split("\n"))
    for view in ("wide", "phone"):
        assert said[f"{view} overflow"] == "0"
        assert said[f"{view} style"] == "5px"
        assert said[f"{view} small"] == said[f"{view} outside"] == said[f"{view} ragged"] == "0"
        assert said[f"{view} before"] != said[f"{view} sorted"]
        assert sorted(said[f"{view} before"].split(",")) == sorted(said[f"{view} sorted"].split(","))


# ---- the charts of the ledger ------------------------------------------------------------------------------------------


def charted(result: Result) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": CREATED})
    book.add_worksheet("考核结果")
    add_charts(book, result)
    book.close()
    return target.getvalue()


def test_the_charts_are_drawn_from_the_same_numbers(result: Result) -> None:
    data = charted(result)
    assert data == charted(result)
    sheet = load_workbook(io.BytesIO(data))[TAB]
    rows = {
        str(line[0].value): [cell.value for cell in line[1:] if cell.value is not None]
        for line in sheet.iter_rows()
        if line[0].value and isinstance(line[1].value, int | float)
    }
    for tally in (*by_band(result), *(by_unit(result) if len(by_unit(result)) > 1 else by_department(result))):
        shown = rows[tally.name]
        assert sum(value for value in shown if isinstance(value, int)) == tally.total
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 3
    assert all("<a:pattFill" in chart or "较好" not in chart for chart in charts)
    assert any("上限" in chart and "lineChart" in chart for chart in charts)


def test_where_nobody_is_graded_there_is_nothing_to_draw() -> None:
    scored = result_in(ROOT / "examples" / "development-reform", "2021-04")
    assert TAB not in load_workbook(io.BytesIO(charted(scored))).sheetnames


def test_of_very_many_units_the_largest_are_drawn_and_the_rest_is_said() -> None:
    rows = [Tally(f"单位{number}", (number % 50, *(0,) * (len(OUTCOMES) - 1))) for number in range(1, 200)]
    chart = distribution(rows)
    assert len(chart.bars) == MANY
    assert chart.left_out == len(rows) - MANY
    assert Fraction(str(chart.height)) > 0
