"""What the archive remembers: 更正, 补定, 复核, the year; and that no accident leaves archive and output at odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from drawn import ROOT, Outcome, Workplace, attendance, cells_of, changed_rules, files_below, plainly, records
from regulation_more import year_lines
from test_sitting import sign

from appraisal import archive
from appraisal.decide import decide
from appraisal.grade import grade_all
from appraisal.held import held
from appraisal.model import Cell, Circumstance, Grade, Period, Person, Score, Span, Standing, Status
from appraisal.pipeline import calendar_of
from appraisal.policy.load import load_policy

JINING = ROOT / "examples" / "jining-commerce" / "rules.yaml"
Q4 = Period.quarter(2021, 4)
THREE = {"张三": "好", "李四": "较好", "王五": "一般"}


def quarter(place: Workplace, ratings: Mapping[str, str], period: Period = Q4) -> None:
    """A quarter under 温州: everybody present, everybody rated."""
    names = list(ratings)
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in names)]))
    for month in period.parts(Span.MONTH):
        place.put(f"出勤{month}.xlsx", attendance({}, names, str(month)))
    lines = [f"{name} | {rating}" for name, rating in ratings.items()]
    place.put(f"评价{period}.xlsx", "\n".join([f"季度评价汇总表（{period}）", "姓名 | 领导评价档次", *lines]))


def stored(place: Workplace, period: Period) -> list[dict[str, str]]:
    """Every version in the archive, as name → result."""
    return [{filed.name: str(filed.result) for filed in version} for version in archive.history(place.folder / "archive.sqlite", period)]


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    found = Workplace(tmp_path / "考核")
    quarter(found, THREE)
    return found


# ---- 更正 --------------------------------------------------------------------------------------------------------------


def test_a_second_run_of_the_same_files_is_no_new_version(place: Workplace) -> None:
    first = place.run()
    assert first.exit_code == 0, first.said
    before, memory = files_below(first.folder), (place.folder / "archive.sqlite").read_bytes()
    second = place.run()
    assert second.exit_code == 0
    assert files_below(second.folder) == before
    assert (place.folder / "archive.sqlite").read_bytes() == memory
    assert len(stored(place, Q4)) == 1
    assert "更正" not in second.said + second.filing().everything


def test_an_amended_input_is_an_amendment_and_the_first_version_stays_whole(place: Workplace) -> None:
    place.run()
    quarter(place, THREE | {"王五": "较好"})
    again = place.run()
    assert again.exit_code == 0
    assert "2021年第4季度　温州市住房公积金管理中心　最终结果　更正1" in again.lines
    assert "变更：2021年第4季度 王五 一般 → 较好" in again.said
    assert "更正1" in again.filing().everything
    assert "更正1" in again.names().everything
    (change,) = records(again.file("考核台账.xlsx"), "变更说明")
    assert [value for value in change.values() if value in ("王五", "一般", "较好")] == ["王五", "一般", "较好"]
    assert "领导评价档次为“较好”" in " ".join(change.values())
    assert "评价2021Q4.xlsx" in " ".join(change.values())
    assert stored(place, Q4) == [THREE, THREE | {"王五": "较好"}]


def test_the_amendment_run_once_more_gives_the_same_files(place: Workplace) -> None:
    place.run()
    quarter(place, THREE | {"王五": "较好"})
    second = place.run()
    files = files_below(second.folder)
    third = place.run()
    assert len(stored(place, Q4)) == 2
    assert "更正1" in third.filing().everything
    assert files_below(third.folder) == files


def test_a_draft_is_never_filed(place: Workplace) -> None:
    quarter(place, THREE | {"王五": "差"})
    assert place.run().exit_code == 1
    assert not (place.folder / "archive.sqlite").exists()
    assert stored(place, Q4) == []


# ---- 补定 --------------------------------------------------------------------------------------------------------------

FIVE = ("张一", "李一", "李二", "李三", "李四")
POINTS = {"张一": 30, "李一": 30, "李二": 29.5, "李三": 24, "李四": 24}
ITEMS = "政治品质 | 工作作风 | 廉洁自律 | 学习指标 | 业务经办指标 | 目标实施指标 | 争先创优指标"
SIX = tuple(Period.month(2020, month) for month in range(2, 8))


def month_sheets(place: Workplace, month: Period) -> None:
    rows = [f"{name} | 16 | 8 | 8 | 8 | {points} | 8 | 8" for name, points in POINTS.items()]
    place.put(f"测评{month}.xlsx", "\n".join([f"公务员平时（每月）考核测评表（{month}）", f"姓名 | {ITEMS}", *rows]))
    place.put(f"出勤{month}.xlsx", attendance({}, FIVE, str(month)))


def investigated(place: Workplace, end: str = "") -> None:
    place.put("特殊情形.xlsx", f"特殊情形表\n姓名 | 情形 | 开始日期 | 结束日期 | 说明\n张一 | 立案调查 | 2020-02-17 | {end} |")


def signed(place: Workplace, months: Sequence[Period], first: str) -> None:
    """One 审定表 signed for some months: everybody as proposed, 张一 as given."""
    proposals = {"张一": first, "李一": "好", "李二": "好", "李三": "较好", "李四": "较好"}
    for month in months:
        lines = [f"{name} | {month} | {grade} | |" for name, grade in proposals.items()]
        head = [f"审定表（{month}）", "批准人：赵局长  批准日期：2020-08-20", "姓名 | 考核周期 | 建议等次 | 审定等次 | 审定理由"]
        place.put(f"审定{month}.xlsx", "\n".join([*head, *lines]))


@pytest.fixture(scope="module")
def half_year(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """济宁, February to July filed while 张一 is under investigation; two seats, both taken."""
    place = Workplace(tmp_path_factory.mktemp("补定") / "商务局")
    (place.folder / "rules.yaml").write_text(changed_rules(JINING, ()), encoding="utf-8")
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in FIVE)]))
    investigated(place)
    signed(place, SIX, "不确定等次")
    for month in SIX:
        month_sheets(place, month)
        outcome = place.run("run", str(month))
        assert outcome.exit_code == 0, outcome.said
        assert outcome.grades == {"张一": "不确定等次", "李一": "好", "李二": "好", "李三": "较好", "李四": "较好"}
    return place


def test_six_months_are_listed_then_march_changes_one_person_only(half_year: Workplace) -> None:
    """Investigated from February, closed in August without a sanction: he scored highest, yet the seats are taken."""
    place, march = half_year, SIX[1]
    investigated(place, "2020-08-10")
    month_sheets(place, Period.month(2020, 8))
    august = place.run("run", "2020-08")
    assert august.exit_code == 3, august.said
    assert "补定等次：张一 2020年2月、2020年3月、2020年4月、2020年5月、2020年6月、2020年7月" in august.said
    tab = " ".join(plainly(cell) for row in cells_of(august.file("考核台账.xlsx"), "补定和复核") for cell in row)
    for month in SIX:
        assert month.chinese in tab

    unsigned = place.run("run", str(march))
    assert unsigned.exit_code == 1, "the old 审定表 speaks of another proposal: refused, for him alone"
    assert [problem["代码"] for problem in unsigned.errors] == ["ruling-stale"]
    assert {name: grade for name, grade in unsigned.grades.items() if name != "张一"} == {"李一": "好", "李二": "好", "李三": "较好", "李四": "较好"}

    signed(place, [march], "较好")
    final = place.run("run", str(march))
    assert final.exit_code == 0, final.said
    assert final.grades == {"张一": "较好", "李一": "好", "李二": "好", "李三": "较好", "李四": "较好"}
    assert final.of("张一")["依据代码"] == "cap"
    assert "更正1" in final.filing().everything
    assert [line["姓名"] for line in records(final.file("考核台账.xlsx"), "变更说明")] == ["张一"]
    before, after = stored(place, march)
    assert {name for name in before if before[name] != after[name]} == {"张一"}
    again = place.run("run", str(march))
    assert (again.exit_code, again.grades, len(stored(place, march))) == (0, final.grades, 2), "he stays behind those who had a seat"
    assert "补定等次：张一 2020年2月、2020年4月、2020年5月、2020年6月、2020年7月" in place.run("run", "2020-08").said, "March is done"


FOURTH = ROOT / "tests" / "fourth" / "rules.yaml"


def test_a_late_grade_adds_no_seat_for_a_third_person() -> None:
    """Ten people, one ungraded: nine are the base, three seats. Graded afterwards, the base is ten and 40 % would be four."""
    policy, period = load_policy(FOURTH), Period.quarter(2023, 3)
    scores = (96, 95, 94, 93, 85, 85, 85, 85, 85, 80)
    probation = Circumstance("试用期", period.first_day, None, Cell("情形.xlsx"))

    def proposed(known: tuple[Circumstance, ...], late: frozenset[int]) -> list[str]:
        standings = [
            Standing(
                Person(number, f"第{number}人", "科室", "机关", Cell("名册.xlsx"), rank="一级科员", band="科员级"),
                period,
                known if number == 9 else (),
                score=Score(policy.grading.score or "", period, Fraction(score)),
            )
            for number, score in enumerate(scores)
        ]
        proposals, _ = grade_all(standings, policy, calendar_of(policy, period))
        return [str(decision.proposed) for decision in decide(proposals, policy, period, late).decisions]

    assert proposed((), frozenset({9}))[:9] == proposed((probation,), frozenset())[:9]


def test_months_of_the_year_before_are_no_longer_listed_once_graded(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "w")
    before, now = Period.quarter(2020, 4), Period.quarter(2021, 1)
    quarter(place, THREE, before)
    place.put("情形.xlsx", "特殊情形表\n姓名 | 情形 | 开始日期 | 结束日期\n张三 | 立案调查 | 2020-11-02 | 2021-02-10")
    assert place.run("run", str(before)).exit_code == 0
    assert stored(place, before)[0]["张三"] == "好"
    quarter(place, THREE, now)
    assert "补定等次" not in place.run("run", str(now)).said


def test_the_sheet_comes_back_under_its_own_name(tmp_path: Path) -> None:
    """Run, sign what was written, put it into input/ as it is called, run again: final."""
    place = Workplace(tmp_path / "w")
    (place.folder / "rules.yaml").write_text(changed_rules(JINING, ()), encoding="utf-8")
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in FIVE)]))
    month_sheets(place, SIX[0])
    outcome = place.run("run", str(SIX[0]))
    assert outcome.exit_code == 3
    place.put("审定表.xlsx", sign(outcome.file("审定表.xlsx").read_bytes(), {}))
    assert place.run("run", str(SIX[0])).exit_code == 0


# ---- 复核, explain -----------------------------------------------------------------------------------------------------


def test_objections_have_a_date_to_answer_by_and_late_ones_are_said(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "w")
    (place.folder / "rules.yaml").write_text(changed_rules(JINING, ()), encoding="utf-8")
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in FIVE)]))
    month_sheets(place, Period.month(2020, 6))
    head = "姓名 | 考核周期 | 收到日期 | 事由 | 结论 | 答复日期"
    answers = {"李一": "|", "李二": "维持 | 2020-07-22", "李三": "维持 | 2020-07-21"}
    lines = [f"{name} | 2020-06 | 2020-07-14 | 对得分有异议 | {answer}" for name, answer in answers.items()]
    place.put("复核.xlsx", "\n".join(["复核登记表", head, *lines]))
    outcome = place.run("run", "2020-06")
    assert outcome.exit_code == 3
    assert {problem["姓名"]: problem["代码"] for problem in outcome.problems} == {"李一": "review-unanswered", "李二": "review-late"}
    dates = [" ".join(plainly(cell) for cell in row) for row in cells_of(outcome.file("考核台账.xlsx"), "办理期限")]
    for name in ("李一", "李二", "李三"):
        assert any(f"复核答复：{name}" in line and "2020-07-21" in line for line in dates), dates


def test_explain_tells_namesakes_apart(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "w")
    people = [("王伟", "007", "办公室"), ("王伟", "008", "财务处"), ("李四", "009", "财务处")]
    roster = [f"{name} | '{number} | {where} | 一级科员" for name, number, where in people]
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 工号 | 科室 | 职务职级", *roster]))
    for month in Q4.parts(Span.MONTH):
        rows = [f"{name} | '{number} | {13 if number == '008' and month.number == 10 else 0}" for name, number, _ in people]
        place.put(f"出勤{month}.xlsx", "\n".join([f"出勤汇总表（{month}）", "姓名 | 工号 | 病假", *rows]))
    place.put("评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名 | 工号 | 领导评价档次", *(f"{name} | '{number} | 较好" for name, number, _ in people)]))
    both = place.call("explain", "王伟", "2021Q4")
    assert both.exit_code == 2
    for word in ("2 个“王伟”", "办公室", "财务处", "007", "008"):
        assert word in both.said
    for words in (("008", "2021Q4"), ("王伟", "2021Q4", "--department", "财务处")):
        said = place.call("explain", *words)
        assert said.exit_code == 0, said.said
        assert "考核等次：一般" in said.said
        assert "出勤2021-10.xlsx!Sheet1" in said.said
        assert "四（三）4（3）" in said.said
    assert "考核等次：较好" in place.call("explain", "007", "2021Q4").said
    nobody = place.call("explain", "赵六", "2021Q4")
    assert nobody.exit_code == 2
    assert "名册里没有“赵六”" in nobody.said


# ---- 意外 --------------------------------------------------------------------------------------------------------------


def test_a_damaged_archive_costs_no_run(place: Workplace) -> None:
    (place.folder / "archive.sqlite").write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    outcome = place.run()
    assert outcome.exit_code == 1
    assert "archive.sqlite 已损坏或不是考核档案" in outcome.said
    assert "请从备份恢复" in outcome.said
    assert outcome.grades["王五"] == "一般"
    assert outcome.filing().rows["合计"][0] == 3
    assert (place.folder / "archive.sqlite").read_bytes().startswith(b"SQLite format 3\x00\xff")


def test_who_comes_second_is_told_who_is_at_it(place: Workplace) -> None:
    with held(place.output):
        second = place.spawn("run", "2021Q4")
    assert second.exit_code == 2
    assert "另一个程序正在处理这个工作文件夹（用户 " in second.said
    assert "进程 " in second.said
    assert not second.folder.exists()
    assert place.run().exit_code == 0


# ---- 全年 --------------------------------------------------------------------------------------------------------------

TEN = [line for line in year_lines() if line.regulation == "温州"][:10]
FILLERS = ("同事甲", "同事乙", "同事丙", "同事丁", "同事戊")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, dict[int, Outcome]]:
    """Ten people and five colleagues under 温州: the year is asked for after the first and after the last quarter."""
    place = Workplace(tmp_path_factory.mktemp("全年") / "中心")
    results = {f"张{number}": line.results.split() for number, line in enumerate(TEN, 1)}
    names = {name: "甲乙丙丁戊己庚辛壬癸"[place] for place, name in enumerate(results)}
    people = {f"张{names[name]}": words for name, words in results.items()} | {name: ["较好"] * 4 for name in FILLERS}
    place.put("半年.xlsx", "半年集中测评表（2021年上半年）\n姓名 | 推荐优秀票数 | 有效票数\n张甲 | 12 | 15\n张乙 | 3 | 15")
    registered = [
        f"{name} | 诫勉 | {Period.quarter(2021, number).first_day} | {Period.quarter(2021, number).last_day}"
        for name, words in people.items()
        for number, word in enumerate(words, 1)
        if word == "不确定"
    ]
    place.put("情形.xlsx", "\n".join(["特殊情形表", "姓名 | 情形 | 开始日期 | 结束日期", *registered]))
    years = {}
    for number in range(1, 5):
        period = Period.quarter(2021, number)
        quarter(place, {name: "较好" if words[number - 1] == "不确定" else words[number - 1] for name, words in people.items()}, period)
        outcome = place.run("run", str(period))
        assert outcome.exit_code == 0, outcome.said
        if number in (1, 4):
            years[number] = place.run("run", "2021")
            (years[number].folder).rename(place.folder / f"年度{number}")
            years[number] = Outcome(years[number].exit_code, years[number].said, place.folder / f"年度{number}")
    return place, years


def linkage(outcome: Outcome) -> dict[str, dict[str, str]]:
    return {line["姓名"]: line for line in records(outcome.file("年度考核挂钩表.xlsx"))}


def test_a_year_with_missing_quarters_is_a_draft_that_names_them(year: tuple[Workplace, dict[int, Outcome]]) -> None:
    outcome = year[1][1]
    assert outcome.exit_code == 1
    assert "2021年第2季度、2021年第3季度、2021年第4季度" in outcome.said
    text = " ".join(plainly(cell) for row in cells_of(outcome.file("好等次2次以上人员名单表.xlsx")) for cell in row)
    assert "【草稿】" in text


def test_the_year_of_four_quarters_is_final_and_says_what_the_clauses_demand(year: tuple[Workplace, dict[int, Outcome]]) -> None:
    place, years = year
    outcome = years[4]
    assert outcome.exit_code == 0, outcome.said
    assert "年度汇总" in outcome.said
    lines = linkage(outcome)
    assert len(lines) == 15
    for line, name in zip(TEN, "甲乙丙丁戊己庚辛壬癸", strict=True):
        found = lines[f"张{name}"]
        grades = [found[f"第{number}季度"] for number in range(1, 5)]
        assert grades == [word.replace("不确定", "不确定等次") for word in line.results.split()]
        for advice in line.advice:
            assert advice in found["年度建议"], line.because
        assert (found["年度建议"] not in ("", "—")) == bool(line.advice)
        assert found["条款"].startswith("五（一）") == bool(line.advice)
    assert {filed.result for filed in archive.filed(place.folder / "archive.sqlite", Period.quarter(2021, 4))} >= {Grade.GOOD, Status.UNGRADED}


def test_half_year_votes_stand_beside_and_grade_nobody(year: tuple[Workplace, dict[int, Outcome]]) -> None:
    lines = linkage(year[1][4])
    assert "12/15（80.00%）" in lines["张甲"]["半年测评"]
    assert "3/15" in lines["张乙"]["半年测评"]
    assert lines["张丙"]["半年测评"] == ""


def test_the_list_of_those_with_two_or_more_good_quarters(year: tuple[Workplace, dict[int, Outcome]]) -> None:
    rows = cells_of(year[1][4].file("好等次2次以上人员名单表.xlsx"))
    listed = {str(row[1]): plainly(row[4]) for row in rows if isinstance(row[0], float)}
    assert listed == {f"张{name}": line.listed.partition("次")[0] for line, name in zip(TEN, "甲乙丙丁戊己庚辛壬癸", strict=True) if line.listed}
