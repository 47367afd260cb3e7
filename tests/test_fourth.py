"""A fourth regulation is a YAML file: three kinds of raters, the highest and lowest vote dropped, a cap for each category of staff."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from drawn import ROOT, Outcome, Workplace
from ruamel.yaml import YAML

from appraisal.model import half_up, shown

FOURTH = ROOT / "tests" / "fourth"
ABOUT = YAML(typ="safe").load((FOURTH / "sheets.yaml").read_text(encoding="utf-8"))
BALLOTS = ("一号票", "二号票", "三号票", "四号票", "五号票")


@dataclass(frozen=True)
class Official:
    """One person of the hand calculation: what was given left of the arrow, what must come out right of it."""

    given: Mapping[str, str]
    wanted: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.given["姓名"]

    @property
    def department(self) -> str:
        return "保管科" if self.given["人员类别"] == "公务员" else "技术科"

    @property
    def line(self) -> str:
        """The person's line of the roster."""
        return " | ".join([self.name, self.department, self.given["职务职级"], self.given["人员类别"]])

    @property
    def votes(self) -> list[str]:
        return self.given["五张票"].split("/") if self.given["五张票"] != "_" else []

    @property
    def by_hand(self) -> Fraction:
        """30 % of the votes without the highest and the lowest, 40 % of the head of department, 30 % of the leader."""
        kept = sorted(map(Fraction, self.votes))[1:-1]
        head, leader = Fraction(self.given["负责人"]), Fraction(self.given["领导"])
        return half_up(Fraction(3, 10) * sum(kept) / len(kept) + Fraction(4, 10) * head + Fraction(3, 10) * leader, 2)


def officials() -> list[Official]:
    head, *lines = (line.split() for line in ABOUT["people"].strip().splitlines())
    arrow = head.index("→")
    return [Official(dict(zip(head[:arrow], line[:arrow], strict=True)), dict(zip(head[arrow + 1 :], line[arrow + 1 :], strict=True))) for line in lines]


PEOPLE = officials()


def sheets() -> dict[str, str]:
    """What is handed in: the roster, five numbered ballots, one sheet of each head of department, one of the leader."""
    scored = [one for one in PEOPLE if one.votes]

    def scoring(title: str, item: str, rater: str, points: Mapping[str, str]) -> str:
        return "\n".join([f"{title}（2023年第3季度）", f"评分人：{rater}", f"姓名 | {item}", *(f"{name} | {value}" for name, value in points.items())])

    found = {
        "人员名册.xlsx": "\n".join(["人员名册", "姓名 | 科室 | 职务职级 | 人员类别", *(one.line for one in PEOPLE)]),
        "特殊情形表.xlsx": ABOUT["circumstances"],
        "分管领导.xlsx": scoring("分管领导评分表", "分管领导评分", "周馆长", {one.name: one.given["领导"] for one in scored}),
    }
    for number, ballot in enumerate(BALLOTS):
        found[f"民主测评/{ballot}.xlsx"] = scoring("民主测评表", "民主测评分", ballot, {one.name: one.votes[number] for one in scored})
    for place, head in (("保管科", "吴科长"), ("技术科", "郑科长")):
        own = {one.name: one.given["负责人"] for one in scored if one.department == place}
        found[f"{place}.xlsx"] = scoring("部门负责人评分表", "部门负责人评分", head, own)
    return found


def workplace(folder: Path) -> Workplace:
    place = Workplace(folder)
    shutil.copy(FOURTH / "rules.yaml", folder / "rules.yaml")
    for name, drawing in sheets().items():
        place.put(name, drawing)
    return place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return workplace(tmp_path_factory.mktemp("第四") / "档案馆")


@pytest.fixture(scope="module")
def outcome(place: Workplace) -> Outcome:
    return place.run("run", ABOUT["period"])


def test_the_run_is_final_and_complains_of_nothing(outcome: Outcome) -> None:
    assert outcome.exit_code == 0, outcome.said
    assert outcome.problems == []


@pytest.mark.parametrize("one", [one for one in PEOPLE if one.votes], ids=lambda one: one.name)
def test_the_sheet_of_expectations_is_calculated_by_hand(one: Official) -> None:
    assert shown(one.by_hand, 2) == one.wanted["得分"]


def test_everybody_has_the_score_and_the_grade_of_the_hand_calculation(outcome: Outcome) -> None:
    assert [line["姓名"] for line in outcome.ledger] == [one.name for one in PEOPLE]
    for one in PEOPLE:
        line = outcome.of(one.name)
        assert (line["考核等次"], line["依据代码"]) == (one.wanted["考核等次"], one.wanted["依据代码"]), line["依据"]
        assert line["得分"] == ("" if one.wanted["得分"] == "_" else f"{float(one.wanted['得分']):g}"), one.name


def test_each_category_has_its_own_cap_without_the_ungraded(outcome: Outcome) -> None:
    """Six 公务员 and five 事业 are graded: two seats each. Together they would be four, and 93.50 and 90.10 would meet 91.10 twice."""
    assert [(line["范围"], line["计算基数"], line["名额"]) for line in outcome.seats] == [("公务员", "6", "2"), ("事业", "5", "2")]


def test_a_tie_at_the_cut_is_broken_by_the_leader(outcome: Outcome) -> None:
    grades = outcome.grades
    assert (grades["林二"], grades["林三"]) == ("较好", "好")
    assert "按得分未进入" in outcome.of("林二")["依据"]


def test_why_is_said_vote_by_vote(place: Workplace, outcome: Outcome) -> None:
    assert outcome.exit_code == 0
    said = place.call("explain", "陈二", ABOUT["period"]).said
    assert "5 人打分 98.00、91.00、92.00、10.00、90.00，去掉最高、最低后平均 91.00" in said
    assert "× 30%" in said
    assert "公务员：按 6 人计算，名额 2" in said
    for clause in ("第九条", "第十条"):
        assert clause in said


def test_the_forms_and_the_archive_are_written(place: Workplace, outcome: Outcome) -> None:
    form = outcome.filing()
    assert form.rows["合计"] == (13, 13, 4, 4, 2, 1, 1, 1)
    assert form.ratio.startswith("33.33%"), "all 好 of those who took part: 4 of 12"
    assert place.run("run", ABOUT["period"]).exit_code == 0
    assert (place.folder / "archive.sqlite").exists()


def test_a_person_without_one_of_the_three_is_withheld_and_nobody_moves(tmp_path: Path, outcome: Outcome) -> None:
    other = workplace(tmp_path / "缺")
    drawing = sheets()["分管领导.xlsx"].replace("\n林四 | 85", "")
    other.put("分管领导.xlsx", drawing)
    again = other.run("run", ABOUT["period"])
    assert again.exit_code == 1
    assert again.grades == outcome.grades | {"林四": "待处理"}


def test_without_ballot_numbers_two_votes_are_one_rater_twice(tmp_path: Path) -> None:
    """Votes that cannot be told apart are never averaged by guess."""
    other = workplace(tmp_path / "无号")
    for name, drawing in sheets().items():
        if name.startswith("民主测评/"):
            other.put(name, "\n".join(line for line in drawing.splitlines() if not line.startswith("评分人")))
    again = other.run("run", ABOUT["period"])
    assert again.exit_code == 1
    assert "rater-twice" in again.codes
