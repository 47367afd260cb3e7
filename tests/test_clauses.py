"""Every clause that a program must compute or check has a sentence that tests it, and docs/clauses.md says so."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from drawn import ROOT
from regulation import Case, cases
from regulation_more import check, shows, year_lines

CLAUSES = """
A01 二 C                A02 三 C                A03 三（一） C          A04 三（一） C          A05 三（一）1 V
A06 三（一）2 V         A07 三（一）2 V/H       A08 三（一）2 C         A10 三（一）3 C         A11 三（一）3 C/H
A13 三（二）1 C/H       A14 三（二）1 V         A15 三（二）2 C/H       A16 三（二）2 C/H       A17 三（二）2 C
A18 三（二）3 C         A21 三（二）4 C         A22 三（二）4 C         A29 四1 C/O             A31 四3 C/H
A32 四4 C/H             A33 四4 C/H
B01 通知 C              B03 二（二） C          B04 二（二） C          B05 二（二）1 C         B06 二（考核等次及比例） C
B07 二（考核等次及比例） C  B08 三（1） C/O     B09 三（二）1 D/V       B10 三（二）2 V         B12 三（二）3 D/V
B17 四1 C/H             B18 四1 C/O             B19 四1 C/H             B20 四1 C/H             B24 五4 C
B25 五4 C               B26 五4 V               B27 五4 C               B28 五5 C               B29 五5 C
B30 五5 C               B31 五5 C/H             B32 五5 C               B34 五6 V/H             B37 附件3 O/C
C01 二 C                C02 二 C                C04 四 V                C05 四（一） V          C06 四（一） V
C07 四（二）1（5） C    C08 四（二）2 V         C09 四（三）1（1） V    C10 四（三）1（2） V    C11 四（三）2 C
C12 四（三）3 C         C13 四（三）4（1） H/C  C15 四（三）4（3） C    C20 五（一） C          C21 五（一） C/H
C22 五（一） C/H        C29 附件3 O/V           C30 附件4 O/C           C31 附件5 O/C           C32 附件6 O/C
"""
"""Every clause of which something must be computed (C) or checked (V), with what else it asks for (O a form, D a date, H people)."""
READINGS = (
    "A-a A-b A-c A-d A-e A-f A-g A-i",
    "B-a B-b B-c B-d B-e B-f B-g B-h B-i B-j B-k B-l B-m B-n B-o",
    "C-a C-c C-d C-e C-f C-g C-h C-i C-j C-k C-l C-m",
)
"""The readings chosen where a text is unclear, as far as they can be tested (A-h is a misprint; C-b, C-n to C-u are words, dates and forms)."""
ELSEWHERE = {"C29": ("C14", "意见栏是空的"), "C30": ("C17", "备案表"), "C31": ("C17", "名单")}
"""Clauses about forms whose sentence stands under the clause that fills the form."""
OF_THE_YEAR = {"C20": "优秀等次人选来源", "C21": "基本称职或者不称职", "C22": "直接确定为不称职", "C32": "次"}
"""Clauses about the year: a line of tests/cases/year.yaml under 温州 proposes this (or lists it)."""

FORMS_DATES_PEOPLE = "A12 A19 A20 A23 A24 A25 A27 B13 B14 B15 B23 B33 C03 C14 C16 C17"
"""Clauses that ask only for a form, a date or people, and have a sentence all the same."""

ALL = cases()
SHOWING = [case for case in ALL if shows(case)]


def wanted() -> list[tuple[str, str, str]]:
    words = CLAUSES.split()
    return list(zip(words[::3], words[1::3], words[2::3], strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


@pytest.mark.parametrize(("requirement", "clause", "need"), wanted())
def test_a_clause_to_be_computed_or_checked_has_a_sentence(requirement: str, clause: str, need: str) -> None:
    assert {"C", "V"} & set(need.split("/"))
    if requirement in OF_THE_YEAR:
        word = OF_THE_YEAR[requirement]
        lines = [line for line in year_lines() if line.regulation == "温州"]
        assert any(word in advice for line in lines for advice in (*line.advice, line.listed))
        return
    identity, words = ELSEWHERE.get(requirement, (requirement, ""))
    found = [case for case in ALL if case.id == identity and words in case.sentence]
    assert found, f"{requirement}（{clause}）没有案例"
    if requirement not in ELSEWHERE:
        assert any(case.clause.startswith(clause) or clause.startswith(case.clause) for case in found), {case.clause for case in found}


@pytest.mark.parametrize("reading", " ".join(READINGS).split())
def test_a_reading_that_was_chosen_has_a_sentence(reading: str) -> None:
    assert any(case.id == reading for case in ALL)


def test_no_sentence_is_about_a_clause_nobody_knows() -> None:
    known = {identity for identity, _, _ in wanted()} | set(" ".join(READINGS).split())
    assert {case.id for case in ALL} - known <= set(FORMS_DATES_PEOPLE.split())


@pytest.mark.parametrize("case", SHOWING, ids=str)
def test_what_a_sentence_shows_besides_its_table(case: Case, folder: Path) -> None:
    check(case, folder)


def test_docs_clauses_md_is_up_to_date() -> None:
    """`python tools/make_clauses_page.py` writes it anew."""
    page = runpy.run_path(str(ROOT / "tools" / "make_clauses_page.py"))["page"]()
    assert (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8") == page
