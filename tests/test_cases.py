"""The regulations, sentence by sentence (tests/cases/*.yaml). `pytest -k C15` runs the cases of one requirement, `-k 四.三.4.3` of one clause."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from regulation import Case, cases, decision_of, result_of

ALL = cases()
REQUIRED = [f"C{number:02}" for number in range(1, 18)] + [f"C-{letter}" for letter in "acdefghijk"]
"""Requirements of part C that a quarter must meet, and the readings chosen where the text is unclear (C-b is a matter of the template)."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


@pytest.mark.parametrize("case", ALL, ids=str)
def test_the_regulation_says(case: Case, folder: Path) -> None:
    result = result_of(case, folder)
    said = "\n".join(map(str, result.problems))
    assert sorted({problem.code for problem in result.problems if problem.is_error}) == sorted(case.errors), said
    assert set(case.warnings) <= {problem.code for problem in result.problems if not problem.is_error}, said
    assert not set(case.silent) & {problem.code for problem in result.problems}, said
    for line in case.expected:
        decision = decision_of(result, line["姓名"], line.get("考核周期", ""))
        got = {
            "姓名": decision.person.name,
            "考核周期": str(decision.proposal.standing.period),
            "建议等次": str(decision.proposed or ""),
            "考核等次": str(decision.result or ""),
            "依据代码": str(decision.code),
            "依据": "；".join(map(str, decision.reasons)),
            "档": decision.proposal.band,
        }
        assert {key: got[key] for key in line if key != "理由"} == {key: value for key, value in line.items() if key != "理由"}, got["依据"]
        assert line.get("理由", "") in got["依据"].replace(" ", "")
    assert str(result.state) == case.state, said
    groups = {group.name: group.seats for verdict in result.verdicts for group in verdict.groups}
    assert {name: groups[name] for name in case.seats} == dict(case.seats)
    if case.matrix:
        assert result.matrix is not None
        words = {f"{where[1]} {where[2]} {where[3]}": result.matrix.word(where) for where in result.matrix.cells}
        assert {name: words[name] for name in case.matrix} == dict(case.matrix)
    if case.filing:
        _filing(case, result)


def _filing(case: Case, result: object) -> None:
    """What the 备案表 of the whole organisation would say."""
    from appraisal.render.filing import FormRow, filing_values
    from appraisal.result import Result

    assert isinstance(result, Result)
    verdict = result.verdicts[0]
    values = filing_values(verdict.decisions, verdict, result.policy.regulation.organisation, result.policy, "")
    for key, wanted in case.filing.items():
        if key in ("remark", "ratio"):
            assert wanted in str(values[key]).replace(" ", "")
        else:
            rows = values["rows"]
            assert isinstance(rows, list)
            row = next(row for row in [*rows, values["sum"]] if row.name == key)
            assert isinstance(row, FormRow)
            assert [row.total, row.due, row.good, row.fair, row.ordinary, row.poor, row.ungraded, row.absent] == wanted


@pytest.mark.parametrize("requirement", REQUIRED)
def test_every_requirement_of_part_c_has_a_sentence(requirement: str) -> None:
    assert any(case.id == requirement for case in ALL)


def test_every_sentence_is_chinese_and_names_its_clause() -> None:
    for case in ALL:
        assert re.search("[\u4e00-\u9fff]", case.sentence), case.id
        assert case.clause, case.id
    assert len({case.sentence for case in ALL}) == len(ALL), "同一句话写了两次"
