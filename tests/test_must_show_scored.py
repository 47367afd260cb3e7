"""What the scored regulations must show: the tie at the cut, the bands' edges, bad cells, ledgers of items, the base of the cap, rulings."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from drawn import ROOT, Outcome, Workplace, changed_rules

JINING = ROOT / "examples" / "jining-commerce" / "rules.yaml"
REFORM = ROOT / "examples" / "development-reform" / "rules.yaml"
ITEMS = "政治品质（20%）  工作作风（10%）  廉洁自律（10%）  学习指标（10%）  业务经办指标（30%）  目标实施指标（10%）  争先创优指标（10%）"
MOST = (20, 10, 10, 10, 30, 10, 10)
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥东南西北中春夏秋冬"
THIRTEEN = (95, 94, 93, 92, 88, 88, 86, 84, 83, 82, 80, 78, 76)


def workplace(folder: Path, rules: Path, *changes: tuple[str, str]) -> Workplace:
    place = Workplace(folder)
    (folder / "rules.yaml").write_text(changed_rules(rules, changes), encoding="utf-8")
    return place


def people(count: int) -> list[str]:
    return [f"王{name}" for name in NAMES[:count]]


def roster(place: Workplace, names: Sequence[str], extra: str = "") -> None:
    lines = "\n".join(f"{name}  办公室  一级科员  公务员" for name in names)
    place.put("人员名册.xlsx", f"人员名册\n姓名  科室  职务职级  人员类别\n{lines}\n{extra}")


def points(total: float) -> list[str]:
    """Seven items that add up to a total, spread like their maxima, the rest in the largest one."""
    shares = [round(total * most / 100, 0) for most in MOST]
    shares[4] += total - sum(shares)
    return [f"{share:.2f}" for share in shares]


def sheet(place: Workplace, rows: Mapping[str, Sequence[object]], month: str = "2020-05", name: str = "办公室测评表.xlsx", head: str = "") -> None:
    lines = "\n".join("  ".join([person, *map(str, marks)]) for person, marks in rows.items())
    place.put(name, f"公务员平时（每月）考核测评表（{month}）\n{head}\n姓名  {ITEMS}\n{lines}")


def thirteen(folder: Path, *changes: tuple[str, str]) -> tuple[Workplace, list[str]]:
    place, names = workplace(folder, JINING, *changes), people(13)
    roster(place, names)
    sheet(place, {name: points(total) for name, total in zip(names, THIRTEEN, strict=True)})
    return place, names


def proposals(outcome: Outcome) -> dict[str, str]:
    return {line["姓名"]: line["建议等次"] for line in outcome.ledger}


def test_a_tie_at_the_cut_is_left_to_people(tmp_path: Path) -> None:
    """十三人参加，百分之四十为五点二人，有五个名额；第五名两人同分，都不递补，八十六分的也不递补。"""
    place, names = thirteen(tmp_path / "w")
    outcome = place.run("run", "2020-05")
    assert outcome.exit_code == 3
    assert [name for name in names if proposals(outcome)[name] == "好"] == names[:4]
    assert [outcome.grades[name] for name in names[4:7]] == ["待研判", "待研判", "待审定"]
    assert proposals(outcome)[names[6]] == "较好"
    assert outcome.of(names[4])["依据代码"] == "tie"
    assert outcome.file("审定表.xlsx").exists()


@pytest.mark.parametrize(("total", "grade"), [(84.99, "较好"), (85, "好"), (60, "一般"), (59.99, "较差"), (75, "较好"), (74.99, "一般")])
def test_bands_begin_at_their_floor(tmp_path: Path, total: float, grade: str) -> None:
    place, names = workplace(tmp_path / "w", JINING), people(3)
    roster(place, names)
    sheet(place, {names[0]: points(total), names[1]: points(70), names[2]: points(70)})
    assert proposals(place.run("run", "2020-05"))[names[0]] == grade


def test_percents_are_weighed_exactly(tmp_path: Path) -> None:
    """95 77 71 73 89 86 86 按权重正好 85.00 分，为好；用浮点数会差一点点。"""
    place, names = workplace(tmp_path / "w", JINING, ("score_mode: points ", "score_mode: percent ")), people(3)
    roster(place, names)
    low = [50] * 7
    sheet(place, {names[0]: [95, 77, 71, 73, 89, 86, 86], names[1]: low, names[2]: low})
    outcome = place.run("run", "2020-05")
    assert float(outcome.of(names[0])["得分"]) == 85
    assert proposals(outcome)[names[0]] == "好"


def test_two_bad_cells_withhold_two_people_and_move_nobody_else(tmp_path: Path) -> None:
    clean, names = thirteen(tmp_path / "clean")
    before = proposals(clean.run("run", "2020-05"))
    place, _ = thirteen(tmp_path / "w")
    rows: dict[str, list[object]] = {name: list(points(total)) for name, total in zip(names, THIRTEEN, strict=True)}
    rows[names[1]][4] = 35
    rows[names[8]][0] = "优"
    sheet(place, rows)
    outcome = place.run("run", "2020-05")
    assert outcome.exit_code == 1
    assert outcome.places("over-maximum") == ["办公室测评表.xlsx!Sheet1!F5"]
    assert outcome.places("not-a-number") == ["办公室测评表.xlsx!Sheet1!B12"]
    assert [outcome.grades[names[place]] for place in (1, 8)] == ["待处理", "待处理"]
    after = proposals(outcome)
    others = [name for name in names if name not in (names[1], names[8])]
    assert {name: after[name] for name in others} == {name: before[name] for name in others}
    assert outcome.seats[0]["计算基数"] == "13"


# ---- work ledgers ------------------------------------------------------------------------------------------------------


def ledger(place: Workplace, person: str, states: Sequence[str], month: str = "2021-04") -> None:
    lines = "\n".join(f"{person} | 个人月工作计划 | 事项{number} | {month}-20 | 按时完成 | {state}" for number, state in enumerate(states, 1))
    place.put(f"{month}台账.xlsx", f"工作台账（{month}）\n姓名 | 台账类别 | 工作内容 | 完成时限 | 质量要求 | 完成情况 | 分管副主任同意 | 主任同意\n{lines}")


@pytest.mark.parametrize(
    ("states", "score"),
    [
        (["完成 | 同意 |", "完成 | 同意 |", "完成 | 同意 |", "未完成 | 同意 |", "调整 | 同意 | 同意"], 75),
        (["完成 | 同意 |", "完成 | 同意 |", "完成 | 同意 |", "未完成 | 同意 |", "调整 | 同意 |"], 60),
        (["完成 | 同意 |"] * 5 + ["逾期 | 同意 |", "不符合要求 | 同意 |"], 71.43),
        (["完成 | 同意 |"] * 3, 100),
    ],
)
def test_each_item_is_worth_the_same(tmp_path: Path, states: list[str], score: float) -> None:
    place, names = workplace(tmp_path / "w", REFORM), people(1)
    roster(place, names)
    ledger(place, names[0], states)
    outcome = place.run("run", "2021-04")
    assert outcome.exit_code == 0
    assert float(outcome.of(names[0])["得分"]) == score
    assert outcome.of(names[0])["建议等次"] == ""


@pytest.mark.parametrize(("base", "seats"), [("headcount", 12), ("participants", 11), ("graded", 10)])
def test_the_base_of_the_cap(tmp_path: Path, base: str, seats: int) -> None:
    """名册三十三人：处级一人、工勤二人不在范围；试用期三人、未参加二人。"""
    place = workplace(tmp_path / "w", JINING, ("base: participants", f"base: {base}"))
    names = people(30)
    roster(place, names, "李处  办公室  县处级副职  公务员\n李工  办公室  _  工勤\n李勤  办公室  _  工勤")
    probation = "\n".join(f"{name}  试用期  2020-01-02" for name in names[:3])
    absent = "\n".join(f"{name}  未参加  2020-01-02" for name in names[3:5])
    place.put("特殊情形表.xlsx", f"特殊情形表\n姓名  情形  开始日期\n{probation}\n{absent}")
    sheet(place, {name: points(70) for name in names[5:]})
    outcome = place.run("run", "2020-05")
    assert outcome.seats[0]["名额"] == str(seats)
    assert len(outcome.ledger) == 33


@pytest.mark.parametrize(
    ("old", "new"),
    [("{name: 业务经办指标, weight: 30%", "{name: 业务经办指标, weight: 25%"), ("{grade: 较好, floor: 75}", "{grade: 较好, floor: 95}")],
)
def test_broken_maxima_and_bands_stop_before_anything_is_read(tmp_path: Path, old: str, new: str) -> None:
    place = workplace(tmp_path / "w", JINING, (old, new))
    outcome = place.run("run", "2020-05")
    assert outcome.exit_code == 2
    assert "rules.yaml 第" in outcome.said
    assert not any(path.suffix == ".xlsx" for path in place.output.rglob("*"))


@pytest.mark.parametrize(("example", "period"), [("jining-commerce", "2020Q2"), ("development-reform", "2021Q2")])
def test_the_examples_await_approval(tmp_path: Path, example: str, period: str) -> None:
    shutil.copytree(ROOT / "examples" / example, tmp_path / "w", ignore=shutil.ignore_patterns("output"))
    shutil.rmtree(tmp_path / "w" / "input")
    place = Workplace(tmp_path / "w")
    shutil.copy(ROOT / "examples" / example / "rules.yaml", place.folder / "rules.yaml")
    shutil.copytree(ROOT / "examples" / example / "input", place.input, dirs_exist_ok=True)
    outcome = place.run("run", period)
    assert outcome.exit_code == 3, outcome.said
    assert not outcome.errors
    assert outcome.file("审定表.xlsx").exists()
    assert outcome.file("公示.xlsx").exists()


# ---- rulings -----------------------------------------------------------------------------------------------------------


def signed(place: Workplace, rows: Sequence[str], head: str = "批准人：赵局长  批准日期：2020-06-10") -> None:
    lines = "\n".join(rows)
    place.put("审定表（签）.xlsx", f"审定表（2020-05）\n{head}\n姓名 | 考核周期 | 建议等次 | 审定等次 | 审定理由\n{lines}")


def lines_of(names: Sequence[str], before: dict[str, str], ruled: dict[str, str]) -> list[str]:
    return [f"{name} | 2020-05 | {before[name]} | {ruled.get(name, ' | ')}" for name in names]


def test_one_of_the_tied_chosen_with_a_reason_is_final(tmp_path: Path) -> None:
    place, names = thirteen(tmp_path / "w")
    before = proposals(place.run("run", "2020-05"))
    signed(place, lines_of(names, before, {names[4]: "好 | 承担急难任务"}))
    outcome = place.run("run", "2020-05")
    assert outcome.exit_code == 0, outcome.said
    assert (outcome.grades[names[4]], outcome.grades[names[5]]) == ("好", "较好")
    assert outcome.of(names[4])["依据代码"] == "ruling"


def test_both_of_the_tied_break_a_hard_cap(tmp_path: Path) -> None:
    place, names = thirteen(tmp_path / "w")
    before = proposals(place.run("run", "2020-05"))
    signed(place, lines_of(names, before, {names[4]: "好 | 理由一", names[5]: "好 | 理由二"}))
    outcome = place.run("run", "2020-05")
    assert outcome.exit_code == 1
    assert [problem["代码"] for problem in outcome.errors] == ["ruling-over-cap"] * 2
    assert "6/13（46.15%）" in outcome.errors[0]["问题"]
    assert (outcome.grades[names[4]], outcome.grades[names[5]]) == ("待研判", "待研判")


def test_a_choice_without_a_reason_is_refused_at_its_cell(tmp_path: Path) -> None:
    place, names = thirteen(tmp_path / "w")
    before = proposals(place.run("run", "2020-05"))
    signed(place, lines_of(names, before, {names[4]: "好 |"}))
    outcome = place.run("run", "2020-05")
    assert outcome.exit_code == 1
    assert outcome.places("ruling-no-reason") == ["审定表（签）.xlsx!Sheet1!D8"]


def test_a_ruling_above_a_ceiling_is_refused_with_the_clause(tmp_path: Path) -> None:
    place, names = thirteen(tmp_path / "w")
    place.put("特殊情形表.xlsx", f"特殊情形表\n姓名  情形  开始日期\n{names[0]}  警告  2020-02-18")
    before = proposals(place.run("run", "2020-05"))
    assert before[names[0]] == "较好"
    signed(place, lines_of(names, before, {names[0]: "好 | 表现突出"}))
    outcome = place.run("run", "2020-05")
    assert outcome.codes >= {"ruling-over-ceiling"}
    assert "五5" in next(problem["问题"] for problem in outcome.errors)


def test_a_sheet_signed_for_other_proposals_is_refused_where_it_matters(tmp_path: Path) -> None:
    place, names = thirteen(tmp_path / "w")
    before = proposals(place.run("run", "2020-05"))
    signed(place, lines_of(names, before | {names[12]: "一般"}, {names[4]: "好 | 承担急难任务"}))
    outcome = place.run("run", "2020-05")
    assert outcome.places("ruling-stale") == ["审定表（签）.xlsx!Sheet1!D16"]
    assert outcome.grades[names[4]] == "好"


def test_a_soft_cap_gives_way_to_a_reason(tmp_path: Path) -> None:
    """原则上百分之四十：十人中五人为好，有理由、有批准人的，定为好，比例 50.00%，备注写明理由。"""
    place, names = Workplace(tmp_path / "w"), people(10)
    roster(place, names)
    for month in ("2021-10", "2021-11", "2021-12"):
        place.put(f"出勤{month}.xlsx", f"出勤汇总表（{month}）\n姓名  科室  病假  事假\n" + "\n".join(f"{name}  办公室  0  0" for name in names))
    rated = "\n".join(f"{name}  {'好' if number < 5 else '较好'}" for number, name in enumerate(names))
    place.put("评价.xlsx", f"季度评价汇总表（2021Q4）\n姓名  领导评价档次\n{rated}")
    assert place.run("run", "2021Q4").exit_code == 3
    rows = [f"{name} | 2021Q4 | 好 | 好 | 承担防汛任务" for name in names[:5]]
    place.put("审定.xlsx", "审定表（2021Q4）\n批准人：赵主任  批准日期：2022-01-10\n姓名 | 考核周期 | 建议等次 | 审定等次 | 审定理由\n" + "\n".join(rows))
    outcome = place.run("run", "2021Q4")
    assert outcome.exit_code == 0, outcome.said
    assert outcome.filing().ratio.startswith("50.00%")
    assert "承担防汛任务" in outcome.filing().remark
