"""审定表 there and back: who is on it, in which order, what may be typed, and that a signed one is read without a problem."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from drawn import ROOT
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from appraisal.model import Cell, Code, Decision, Grade, State, Status
from appraisal.notation import parse_period
from appraisal.pipeline import appraise, calendar_of, open_workplace, receive
from appraisal.render.sitting import COLUMNS, sitting
from appraisal.result import Result, Workplace

NAMES = [name for name, _ in COLUMNS]
FIRST = 5
"""The first line below the header, from 1."""


def result_in(folder: Path, period: str) -> Result:
    place = Workplace(folder)
    policy = open_workplace(place)
    wanted = parse_period(period)
    assert wanted is not None
    return appraise(receive(place, policy), policy, calendar_of(policy, wanted), wanted)


def sheet_of(result: Result, state: State | None = None) -> bytes:
    return sitting(result.verdicts, result.policy, state or result.state, result.period)


def opened(data: bytes) -> tuple[Workbook, Worksheet]:
    book = load_workbook(io.BytesIO(data))
    return book, book["审定表"]


def lines_of(sheet: Worksheet) -> list[dict[str, object]]:
    return [dict(zip(NAMES, row, strict=True)) for row in sheet.iter_rows(min_row=FIRST, values_only=True)]


def sign(data: bytes, rulings: Mapping[tuple[str, str], tuple[str, str]] | None = None) -> bytes:
    """The sheet as it comes back: signed once above the header, some lines ruled on (by name and period)."""
    book, sheet = opened(data)
    sheet["C2"], sheet["E2"] = "周国华", dt.date(2020, 7, 6)
    for row in range(FIRST, sheet.max_row + 1):
        key = str(sheet.cell(row, NAMES.index("姓名") + 1).value), str(sheet.cell(row, NAMES.index("考核周期") + 1).value)
        if rulings and key in rulings:
            ruled, reason = rulings[key]
            sheet.cell(row, NAMES.index("审定等次") + 1).value = ruled
            sheet.cell(row, NAMES.index("审定理由") + 1).value = reason
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def key_of(decision: Decision) -> tuple[str, str]:
    return decision.person.name, str(decision.proposal.standing.period)


@pytest.fixture(scope="module", params=[("jining-commerce", "2020Q2"), ("development-reform", "2021Q2")], ids=lambda param: param[0])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    name, period = request.param
    folder = tmp_path_factory.mktemp("审定") / name
    shutil.copytree(ROOT / "examples" / name, folder, ignore=shutil.ignore_patterns("output", "archive.sqlite*"))
    return folder, result_in(folder, period)


def test_everybody_in_scope_is_on_the_sheet_once_a_period(example: tuple[Path, Result]) -> None:
    _, result = example
    _, sheet = opened(sheet_of(result))
    lines = lines_of(sheet)
    wanted = sorted((d.person.name, d.person.department, str(d.proposal.standing.period)) for d in result.decisions if d.proposal.in_scope)
    assert sorted((line["姓名"], line["科室"], line["考核周期"]) for line in lines) == wanted
    assert [line["序号"] for line in lines] == list(range(1, len(lines) + 1))
    assert [cell.value for cell in sheet[4]] == NAMES
    assert all(line[name] is None for line in lines for name in ("审定等次", "审定理由", "批准人", "批准日期"))


def test_contested_cases_come_first_and_those_of_one_contest_together(example: tuple[Path, Result]) -> None:
    _, result = example
    lines = lines_of(opened(sheet_of(result))[1])
    contested = {key_of(decision) for decision in result.decisions if decision.result is Status.CONTESTED}
    assert contested
    first = lines[: len(contested)]
    assert {(line["姓名"], line["考核周期"]) for line in first} == contested
    assert all(line["需研判"] for line in first)
    assert not any(line["需研判"] for line in lines[len(contested) :])
    words = [str(line["需研判"]) for line in first]
    assert words == sorted(words, key=words.index)  # lines of one contest stand together
    rest = [(line["姓名"], line["考核周期"]) for line in lines[len(contested) :]]
    assert rest == [key_of(decision) for decision in result.decisions if decision.proposal.in_scope and key_of(decision) not in contested]


def test_proposals_are_locked_and_rulings_are_open(example: tuple[Path, Result]) -> None:
    _, sheet = opened(sheet_of(example[1]))
    assert sheet.protection.sheet
    assert not sheet.protection.password
    open_columns = {name for place, name in enumerate(NAMES, 1) if not sheet.cell(FIRST, place).protection.locked}
    assert open_columns == {"审定等次", "审定理由", "批准人", "批准日期"}
    assert [cell.coordinate for cell in sheet[2] if not cell.protection.locked] == ["C2", "E2"]
    assert [sheet["B2"].value, sheet["C2"].value, sheet["D2"].value, sheet["E2"].value] == ["批准人：", None, "批准日期：", None]
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert lists[0].formula1 == '"好,较好,一般,较差,不确定等次,未参加考核"'
    assert "同意建议等次" in str(lists[0].error)
    assert {str(rule.sqref).split(":")[0][0] for rule in sheet.data_validations.dataValidation if rule.type == "date"} == {"L", "E"}


def test_it_prints_on_landscape_a4_with_its_header_on_every_page(example: tuple[Path, Result]) -> None:
    _, sheet = opened(sheet_of(example[1]))
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToWidth or 1, page.fitToHeight) == ("landscape", 9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.freeze_panes == "C5"


def test_scores_are_numbers_and_names_text(example: tuple[Path, Result]) -> None:
    _, sheet = opened(sheet_of(example[1]))
    for row in range(FIRST, sheet.max_row + 1):
        score = sheet.cell(row, NAMES.index("得分") + 1)
        assert score.value is None or (score.data_type, score.number_format) == ("n", "0.00")
        assert sheet.cell(row, 2).data_type == "s"


def test_a_name_that_looks_like_a_formula_stays_text(example: tuple[Path, Result]) -> None:
    result = example[1]
    decision = next(d for d in result.verdicts[0].decisions if d.proposal.in_scope)
    person = replace(decision.person, name="=1+1", department="<&>", cell=Cell("名册.xlsx"))
    proposal = replace(decision.proposal, standing=replace(decision.proposal.standing, person=person))
    verdict = replace(result.verdicts[0], decisions=(replace(decision, proposal=proposal),))
    _, sheet = opened(sitting((verdict,), result.policy, State.DRAFT, result.period))
    assert (sheet["B5"].value, sheet["B5"].data_type, sheet["E5"].value) == ("=1+1", "s", "<&>")
    assert sheet.max_row == FIRST


def test_only_a_draft_says_so(example: tuple[Path, Result]) -> None:
    result = example[1]
    titles = {state: opened(sheet_of(result, state))[1]["A1"].value for state in State}
    assert titles == {
        State.DRAFT: f"审定表（{result.period}）【草稿】",
        State.AWAITING: f"审定表（{result.period}）",
        State.FINAL: f"审定表（{result.period}）",
    }


def test_the_same_proposals_give_the_same_bytes(example: tuple[Path, Result]) -> None:
    assert sheet_of(example[1]) == sheet_of(example[1])


def test_the_ratio_stands_under_each_usual_base() -> None:
    result = result_in(ROOT / "examples" / "development-reform", "2021Q2")
    book, _ = opened(sheet_of(result))
    head, only = list(book["比例说明"].iter_rows(min_row=2, max_row=3, values_only=True))
    said = {str(name).replace("\n", ""): value for name, value in zip(head, only, strict=True)}
    assert (said["在编在岗人数"], said["名额"], said["建议好（占名额）"], said["剩余名额"], said["占在编在岗"]) == (33, 13, 12, 1, "36.36%")
    assert said["需研判人数"] == 1


def test_a_blank_sheet_dropped_back_is_read_without_a_problem(example: tuple[Path, Result], tmp_path: Path) -> None:
    again = dropped(example, tmp_path, sheet_of)
    assert again.problems == example[1].problems
    assert again.decisions == example[1].decisions


def test_a_signature_alone_approves_everybody_but_the_contested(example: tuple[Path, Result], tmp_path: Path) -> None:
    again = dropped(example, tmp_path, lambda result: sign(sheet_of(result)))
    assert again.problems == example[1].problems
    assert not [d for d in again.decisions if d.result is Status.UNAPPROVED]
    contested = [d.person.name for d in example[1].decisions if d.result is Status.CONTESTED]
    assert [d.person.name for d in again.decisions if d.result is Status.CONTESTED] == contested
    assert {verdict.approved_on for verdict in again.verdicts} == {dt.date(2020, 7, 6)}


def test_with_every_contested_case_chosen_the_run_is_final(example: tuple[Path, Result], tmp_path: Path) -> None:
    contested = [d for d in example[1].decisions if d.result is Status.CONTESTED]
    rulings = {key_of(decision): (str(decision.proposed), "经研究") for decision in contested}
    again = dropped(example, tmp_path, lambda result: sign(sheet_of(result), rulings))
    assert again.problems == example[1].problems
    assert again.state is State.FINAL
    assert {decision.result for decision in again.decisions if key_of(decision) in rulings} == {Grade.FAIR}


def test_one_chosen_of_a_tie_settles_the_other_as_proposed(tmp_path: Path) -> None:
    folder = tmp_path / "济宁"
    shutil.copytree(ROOT / "examples" / "jining-commerce", folder, ignore=shutil.ignore_patterns("output", "archive.sqlite*"))
    before = result_in(folder, "2020Q2")
    tied = [key_of(decision) for decision in before.decisions if decision.code is Code.TIE]
    others = [key_of(decision) for decision in before.decisions if decision.result is Status.CONTESTED and key_of(decision) not in tied]
    rulings = {tied[0]: ("好", "两人同分，工作量较大"), **dict.fromkeys(others, ("较好", "经研究"))}
    again = dropped((folder, before), tmp_path, lambda result: sign(sheet_of(result), rulings))
    assert not [problem for problem in again.problems if problem.is_error]
    assert again.state is State.FINAL
    assert {key_of(decision): decision.result for decision in again.decisions if key_of(decision) in tied} == {tied[0]: Grade.GOOD, tied[1]: Grade.FAIR}


def dropped(example: tuple[Path, Result], tmp_path: Path, sheet: Callable[[Result], bytes]) -> Result:
    """The example once more, with a 审定表 in its input."""
    folder, result = example
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    (again / "input" / "签好的.xlsx").write_bytes(sheet(result))
    return result_in(again, str(result.period))
