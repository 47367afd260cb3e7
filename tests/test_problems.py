"""Every fault the program knows can be provoked, says exactly what is written down, and stands in docs/problems.md."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

import pytest
from drawn import ROOT
from provoked import Example, examples, provoke

from appraisal.problems import FAULTS

EXAMPLES = examples()
CANNOT_BE_GRADED = {"missing-sheet", "missing-input", "expected-sheet"}
"""What the smallest sheet leaves out anyway."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.code)
def test_the_smallest_sheet_provokes_the_fault_and_no_other(example: Example, tmp_path: Path) -> None:
    folder = tmp_path / "input"
    folder.mkdir()
    problems = provoke(example, folder)
    assert example.reads.strip() in [str(problem) for problem in problems if problem.code == example.code], "\n".join(map(str, problems))
    assert {problem.code for problem in problems} - CANNOT_BE_GRADED == {example.code, *example.also} - CANNOT_BE_GRADED


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_has_an_example(code: str) -> None:
    assert code in {example.code for example in EXAMPLES}


def test_every_example_is_of_a_fault() -> None:
    assert {example.code for example in EXAMPLES} <= FAULTS.keys()
    assert [code for code, count in Counter(example.code for example in EXAMPLES).items() if count > 1] == []


@pytest.mark.parametrize("code", FAULTS)
def test_every_message_is_chinese_on_one_line_and_says_what_to_do(code: str) -> None:
    fault = FAULTS[code]
    for text in (fault.meaning, fault.text, fault.remedy):
        assert text
        assert not text.endswith(("。", "，"))
        assert "\n" not in text
    assert fault.remedy.startswith(("请", "如"))


def test_docs_problems_md_is_up_to_date() -> None:
    """`python tools/make_problems_page.py` writes it anew."""
    page = runpy.run_path(str(ROOT / "tools" / "make_problems_page.py"))["page"]()
    assert (ROOT / "docs" / "problems.md").read_text(encoding="utf-8") == page
