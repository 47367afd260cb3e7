"""What hangs on the wall and what is handed out: the files of whole runs under each regulation that differ in nothing but why somebody has no grade."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from drawn import Outcome, Workplace, files_below, looked_at
from post_office import DOMAIN
from regulation import Case, sheets_of
from test_sitting import sign
from test_slips import SETTINGS

from appraisal.notation import parse_period
from appraisal.policy.load import load_policy
from appraisal.policy.standard import standard_for

BASIS = "纪检某某号"
UNGRADED = {
    "温州": ("立案调查", "警告", "撤职", "党纪处分", "诫勉", "病假"),
    "济宁": ("立案调查", "记过", "记大过", "撤职"),
}
WITHOUT_EFFECT = ("立案调查", "警告", "撤职", "诫勉")
"""Under 发改委 everybody is graded alike, whatever is known."""


def finished(rules: str, folder: Path, kind: str = "") -> Outcome:
    """A final run of eleven people, one of whom (张三) has this circumstance; with drafts of the letters."""
    path, period, otherwise, day = SETTINGS[rules]
    place = Workplace(folder)
    shutil.copy(path, place.folder / "rules.yaml")
    about = {"病假": "45"} if kind == "病假" else {"情形": f"{kind} {day}~{'' if kind == '立案调查' else '2022-12-31'} {BASIS}"} if kind else {}
    case = Case(
        *("", "", "", path, period), ({"姓名": "张三", **about},), (), {"科室": "办公室", "职务职级": "一级科员", **_distinct(rules, otherwise)}, colleagues=10
    )
    wanted = parse_period(period)
    assert wanted is not None
    for name, drawing in sheets_of(case, standard_for(load_policy(path)), wanted).items():
        place.put(name, drawing)
    place.put("通讯录.xlsx", f"通讯录\n对象 | 类别 | 收件人\n办公室 | 科室 | bgs@{DOMAIN}\n张三 | 个人 | zs@{DOMAIN}\n市委组织部 | 上级主管 | zzb@{DOMAIN}")
    outcome = place.run("run", period)
    if outcome.exit_code == 3:
        place.put("已签.xlsx", sign(outcome.file("审定表.xlsx").read_bytes(), _ties(outcome)))
        outcome = place.run("run", period)
    assert outcome.exit_code == 0, outcome.said
    assert place.call("mail", period).exit_code == 0
    return outcome


def _distinct(rules: str, otherwise: dict[str, str]) -> dict[str, str]:
    """Scores that stand nowhere else in a form by chance."""
    return {**otherwise, "业务经办指标": "20.37"} if rules == "济宁" else {**otherwise, "得分": "81.37"} if rules == "发改委" else otherwise


def _ties(outcome: Outcome) -> dict[tuple[str, str], tuple[str, str]]:
    """Everybody waits for the same seats: nobody gets one."""
    return {(line["姓名"], line["考核周期"]): ("较好", "同分，经研究") for line in outcome.ledger if line["考核等次"] == "待研判"}


def public(outcome: Outcome) -> dict[str, bytes]:
    """Everything that others than HR, the unit's head and the superior see: the notice, the slips, and the letters they go with."""
    seen = re.compile(r"公示\.xlsx|反馈单/.*|邮件/\d+_反馈_.*")
    return {name: data for name, data in files_below(outcome.folder).items() if seen.fullmatch(name)}


def texts(data: bytes) -> list[str]:
    return [str(cell.value) for sheet in looked_at(data).worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize("rules", list(UNGRADED))
def test_why_somebody_has_no_grade_changes_no_byte_that_others_see(rules: str, tmp_path: Path) -> None:
    graded = finished(rules, tmp_path / "有等次")
    first = finished(rules, tmp_path / "立案调查", "立案调查")
    assert first.of("张三")["考核等次"] == "不确定等次"
    assert graded.of("张三")["考核等次"] != "不确定等次"
    wanted = public(first)
    assert wanted != public(graded)
    assert "反馈单/办公室.xlsx" in wanted
    assert ("公示.xlsx" in wanted) == (rules == "济宁")
    assert len([name for name in wanted if name.endswith(".eml")]) == 2
    for kind in UNGRADED[rules][1:]:
        outcome = finished(rules, tmp_path / kind, kind)
        assert outcome.of("张三")["考核等次"] == "不确定等次", kind
        assert outcome.of("张三")["依据"] != first.of("张三")["依据"]
        found = public(outcome)
        assert sorted(found) == sorted(wanted)
        assert [name for name in wanted if found[name] != wanted[name]] == [], kind


def test_where_nothing_bars_a_grade_no_byte_knows_of_an_investigation(tmp_path: Path) -> None:
    wanted = public(finished("发改委", tmp_path / "无"))
    assert {"公示.xlsx", "反馈单/办公室.xlsx"} <= wanted.keys()
    for kind in WITHOUT_EFFECT:
        outcome = finished("发改委", tmp_path / kind, kind)
        assert [text for text in texts(outcome.file("考核台账.xlsx").read_bytes()) if kind in text], kind
        assert public(outcome) == wanted, kind


NUMBERS = {
    "title": r"20\d\d年度?(?:第\d季度|\d+月)?",
    "day": r"20\d\d年\d+月\d+日",
    "term": r"不少于\d个工作日|\d 个工作日内",
    "clause": r"（[一二三四五六七八九十]*(?:（[一二三四五六七八九十]）)?\d?(?:（\d）)?）",
}


@pytest.mark.parametrize("rules", list(SETTINGS))
def test_no_score_no_reason_and_no_number_but_dates_terms_and_clauses(rules: str, tmp_path: Path) -> None:
    outcome = finished(rules, tmp_path / "考核", "立案调查")
    scores = {line["得分"] for line in outcome.ledger} - {""}
    assert bool(scores) == (rules != "温州")
    ledger = {text for line in outcome.ledger for text in (line["依据"], line["依据代码"]) if text}
    for name, data in public(outcome).items():
        if not name.endswith(".xlsx"):
            continue
        said = texts(data)
        whole = "\n".join(said)
        assert not [word for word in (*scores, *ledger, BASIS, "立案", "调查", "处分", "得分", "比例", "名额", "%", "名次") if word in whole], name
        left = re.sub("|".join(f"(?:{pattern})" for pattern in (NUMBERS["day"], *NUMBERS.values())), "", whole)
        serial = [str(number) for number in range(1, 12)] if name == "公示.xlsx" else []
        assert [text for text in re.findall(r"\d+(?:\.\d+)?", left) if text not in serial] == [], name
