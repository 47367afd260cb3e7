"""反馈单: everybody's own slip and nobody else's, and nothing in it or in the 公示 from which a reason could be guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from drawn import ROOT, looked_at
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet
from regulation import Case, decision_of, result_of
from test_report import SAMPLES, with_person
from test_sitting import result_in

from appraisal.model import Grade, Span, Status, shown
from appraisal.policy.load import load_policy
from appraisal.render.filing import result_on_form
from appraisal.render.notice import notice
from appraisal.render.slips import FACE_TO_FACE, UNDECIDED, slip_of, slips
from appraisal.result import Result

TEMPLATES = ROOT / "templates"
JINING, REFORM = ROOT / "examples" / "jining-commerce" / "rules.yaml", ROOT / "examples" / "development-reform" / "rules.yaml"


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    return {name: result_in(*where) for name, where in SAMPLES.items()}


@pytest.fixture(scope="module", params=list(SAMPLES))
def result(request: pytest.FixtureRequest, results: dict[str, Result]) -> Result:
    found: Result = results[request.param]
    return found


def tabs_of(files: dict[str, bytes]) -> Iterator[tuple[str, Worksheet]]:
    for path, data in files.items():
        for sheet in looked_at(data).worksheets:
            yield path, sheet


def words(sheet: Worksheet) -> str:
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


def name_on(sheet: Worksheet) -> str:
    return str(next(row[1].value for row in sheet.iter_rows() if row[0].value == "姓　　名"))


# ---- what is on a slip -------------------------------------------------------------------------------------------------


def test_everybody_appraised_here_has_exactly_one_slip(result: Result) -> None:
    found = list(tabs_of(slips(result, TEMPLATES)))
    wanted = {decision.person.index: decision.person for decision in result.decisions if decision.proposal.in_scope}
    assert sorted(name_on(sheet) for _, sheet in found) == sorted(person.name for person in wanted.values())
    assert {path.rsplit("/", 1)[1] for path, _ in found} == {f"{person.department}.xlsx" for person in wanted.values()}
    assert slips(result, TEMPLATES) == slips(result, TEMPLATES)


def test_a_slip_names_nobody_else_and_says_no_score_no_reason_and_no_cap(result: Result) -> None:
    people = {decision.person.name for decision in result.decisions}
    scores = {shown(score.value, 2) for d in result.decisions if (score := d.proposal.standing.score) is not None and score.value is not None}
    reasons = {reason.text for d in result.decisions for reason in d.reasons} - {str(grade) for grade in Grade}
    kinds = {rule.kind for rule in result.policy.circumstances} - {"警告", "未参加"} | {"名额", "比例", "%", "得分", "同分", "名次"}
    for path, sheet in tabs_of(slips(result, TEMPLATES)):
        text = words(sheet)
        for rule in result.policy.consequences:
            text = text.replace(rule.action, "")
        own = name_on(sheet)
        assert not [name for name in people if name in text and name not in own], path
        assert not [word for word in (*scores, *reasons, *kinds) if word in text], (path, own)


def test_a_slip_says_what_follows_and_how_to_object_where_the_regulation_does(results: dict[str, Result]) -> None:
    texts = {name: [words(sheet) for _, sheet in tabs_of(slips(result, TEMPLATES))] for name, result in results.items()}
    assert any("通报表扬（四1）" in text for text in texts["发改委"])
    assert all("5 个工作日内答复（三（二）7）" in text for text in texts["发改委"])
    assert all("5 个工作日内答复（三（二）5）" in text for text in texts["济宁"])
    assert not any("异议" in text for text in texts["温州"])
    assert all("本人（签字）" in text for found in texts.values() for text in found)
    good = [text for text in texts["温州"] if "\n好\n" in text]
    assert all("优先考虑（五（二））" in text for text in good)
    assert not any("优先考虑" in text for text in texts["温州"] if text not in good)


def test_a_published_result_can_be_objected_to_until_its_notice_comes_down(results: dict[str, Result]) -> None:
    result = results["发改委"]
    dues = tuple(replace(due, last_day=dt.date(2021, 7, 9)) if due.matter == "公示" else due for due in result.dues)
    texts = {name_on(sheet): words(sheet) for _, sheet in tabs_of(slips(replace(result, dues=dues), TEMPLATES))}
    for name, text in texts.items():
        public = "至2021年7月9日止" in text
        assert public == ("\n好\n" in text), name
        assert public or "收到本单后及时" in text


def test_the_slips_of_a_draft_and_of_an_amendment_are_marked(results: dict[str, Result]) -> None:
    for _, sheet in tabs_of(slips(results["济宁"], TEMPLATES)):
        assert sheet["A1"].value == "【草稿】"
    settled = [
        replace(v, decisions=tuple(replace(d, result=d.proposed if d.result is not Status.CONTESTED else Grade.FAIR) for d in v.decisions))
        for v in results["济宁"].verdicts
    ]
    amended = replace(results["济宁"], verdicts=tuple(settled), problems=(), filings={v.period: 2 for v in settled})
    assert {sheet["A1"].value for _, sheet in tabs_of(slips(amended, TEMPLATES))} == {"更正2"}


def test_the_months_of_a_quarter_stand_on_one_slip(results: dict[str, Result]) -> None:
    result = results["济宁"]
    _, sheet = next(tabs_of(slips(result, TEMPLATES)))
    periods = [row[0].value for row in sheet.iter_rows() if re.fullmatch(r"2020年\d月", str(row[0].value))]
    assert periods == ["2020年4月", "2020年5月", "2020年6月"]


def test_one_slip_can_be_had_alone_to_be_sent(results: dict[str, Result]) -> None:
    result = results["温州"]
    someone = next(d for d in result.decisions if d.result is Status.UNGRADED).person
    data = slip_of(result, TEMPLATES, someone)
    assert data is not None
    assert [name_on(sheet) for _, sheet in tabs_of({"": data})] == [someone.name]
    elsewhere = next(d for d in result.decisions if d.result is Status.OUT_OF_SCOPE).person
    assert slip_of(result, TEMPLATES, elsewhere) is None


def test_where_nobody_is_graded_there_are_no_slips() -> None:
    assert slips(result_in(ROOT / "examples" / "development-reform", "2021-04"), TEMPLATES) == {}


HOSTILE = ("=1+1", "<b>张三</b>", "{{ 7*7 }}", "张\n三", "a/b\\c:*?[x]", "{% for x in y %}", "'单引号'", "张三", "张三", "名" * 40)


def test_names_and_departments_come_out_as_text_and_file_names_are_safe(results: dict[str, Result]) -> None:
    def renamed(index: int) -> tuple[str, str]:
        return HOSTILE[index % len(HOSTILE)], ("../../逃", "CON", "科/室", "{{ x }}", "=A1")[index % 5]

    result = with_person(results["济宁"], lambda person: replace(person, name=renamed(person.index)[0], department=renamed(person.index)[1]))
    files = slips(result, TEMPLATES)
    assert len({path.casefold() for path in files}) == len(files) == 5
    for path, sheet in tabs_of(files):
        assert re.fullmatch(r'反馈单/[^/\\:*?"<>|]+\.xlsx', path)
        assert ".." not in path.split("/")
        assert len(sheet.title) <= 31
        assert name_on(sheet) in HOSTILE
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


# ---- what nobody can guess ---------------------------------------------------------------------------------------------

MARKED = {"政治品质": "16", "工作作风": "8", "廉洁自律": "8", "学习指标": "8", "业务经办指标": "24", "目标实施指标": "8", "争先创优指标": "8"}
WORKED = {
    "得分": "80",
    "台账类别": "个人月工作计划",
    "工作内容": "起草文件",
    "完成时限": "20日",
    "质量要求": "按时完成",
    "完成情况": "完成",
    "分管副主任同意": "同意",
}
SETTINGS = {
    "温州": (ROOT / "rules.yaml", "2021Q4", {"领导评价档次": "较好", "病假": ""}, "2021-11-05"),
    "济宁": (JINING, "2020-05", {**MARKED, "病假": ""}, "2020-05-06"),
    "发改委": (REFORM, "2021Q2", WORKED, "2021-05-06"),
}
SILENT = {"直接确定为好", "直接确定为较差", "试用期"}
"""These grade the person otherwise, or put the person into a row of its own."""


def told_in_public(rules: str, folder: Path, **about: str) -> tuple[str, bytes | None, dict[str, bytes]]:
    """What becomes of 张三 among eleven people, and the public files: notice and slips, all as if final."""
    path, period, otherwise, _ = SETTINGS[rules]
    person = {"姓名": "张三", **about}
    case = Case("", "", "", path, period, (person,), (), {"科室": "办公室", "职务职级": "一级科员", **otherwise}, colleagues=10)
    result = result_of(case, folder)
    assert result.calendar is not None
    outcome = result_on_form(decision_of(result, "张三"))
    waiting = {Status.CONTESTED: Status.WITHHELD}
    verdicts = tuple(
        replace(v, decisions=tuple(replace(d, result=waiting.get(d.result, d.result)) if isinstance(d.result, Status) else d for d in v.decisions))
        for v in result.verdicts
    )
    same = replace(result, problems=tuple(p for p in result.problems if p.is_error), verdicts=verdicts)
    return outcome, notice(same.verdicts, same.policy, "", TEMPLATES, result.calendar), slips(same, TEMPLATES)


def reasons_without_grade(rules: str) -> list[tuple[str, dict[str, str]]]:
    """Every way in which somebody under this regulation may end up without a grade or with an open result."""
    path, _, _, day = SETTINGS[rules]
    policy = load_policy(path)
    kinds = [rule.kind for rule in policy.circumstances if rule.effect in ("ungraded", "absent", "human", "evidence") and rule.kind not in SILENT]
    found = [(kind, {"情形": f"{kind} {day}~{'' if kind == '立案调查' else '2022-12-31'} 依据某号"}) for kind in kinds]
    return [*found, *([("病事假", {"病假": "35"})] if policy.long_leave and policy.periods.span is Span.QUARTER else [])]


@pytest.mark.parametrize("rules", ["温州", "济宁"])
def test_nobody_can_tell_from_public_files_why_a_person_has_no_grade(rules: str, tmp_path: Path) -> None:
    """Investigated, punished, warned, ill, absent: to the last byte the files say the same of the same result, but for the leave of everybody."""
    found: dict[str, dict[str, tuple[bytes | None, dict[str, bytes]]]] = {}
    for kind, about in reasons_without_grade(rules):
        outcome, hung_up, handed_out = told_in_public(rules, tmp_path, **about)
        found.setdefault(outcome, {})[kind] = (hung_up, handed_out)
    assert "立案调查" in found["不确定等次"]
    assert len(found["不确定等次"]) > 4
    graded, *plain = told_in_public(rules, tmp_path)
    assert all([*public] == plain for public in found.pop(graded, {}).values())
    for outcome, by_kind in found.items():
        assert outcome in ("不确定等次", "未参加考核", "待研判", "待处理")
        first = next(iter(by_kind.values()))
        assert not [kind for kind, public in by_kind.items() if public != first], outcome
    notices = {public[0] for by_kind in found.values() for public in by_kind.values()}
    assert len(notices) == 1  # nor whether the result is open, absent or without a grade


def test_where_an_investigation_changes_nothing_the_public_files_do_not_know_it(tmp_path: Path) -> None:
    plain = told_in_public("发改委", tmp_path)
    for kind in ("立案调查", "诫勉", "警告", "记过"):
        assert told_in_public("发改委", tmp_path, 情形=f"{kind} 2021-05-06~ 依据某号") == plain
    objected = told_in_public("发改委", tmp_path, 意见="有异议")
    assert objected[2] == plain[2] or UNDECIDED in "".join(words(sheet) for _, sheet in tabs_of(objected[2]))


def test_without_a_grade_one_sentence_says_it_all(results: dict[str, Result]) -> None:
    for result in results.values():
        ungraded = {d.person.name for d in result.decisions if result_on_form(d) in ("不确定等次", "未参加考核")}
        for _, sheet in tabs_of(slips(result, TEMPLATES)):
            lines = [(row[1].value, row[2].value) for row in sheet.iter_rows() if row[1].value in ("不确定等次", "未参加考核")]
            assert all(follows == FACE_TO_FACE for _, follows in lines)
            assert bool(lines) == (name_on(sheet) in ungraded)
