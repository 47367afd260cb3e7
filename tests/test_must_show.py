"""What the first quarter must show, line by line: graded, capped, reported, delivered, and never half-written."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import spoiled
from drawn import MONTHS, QUARTER, ROOT, Outcome, Workplace, attendance, files_below, form, records, shown_in, tabs_of, xlsx
from provoked import deadly

# ---- a unit of 25, by hand ---------------------------------------------------------------------------------------------

UNIT_OF_25 = """
人员名册
姓名    科室    职务职级        领导评价
秦一    办公室  四级调研员      好
秦二    办公室  四级调研员      较好
尤三    办公室  _               较好
许四    财务处  _               较好
何五    财务处  _               较好
吕六    财务处  三级主任科员    _
施七    财务处  一级科员        _
张八    财务处  一级科员        较好
孔九    归集处  四级主任科员    好
曹十    归集处  四级主任科员    好
严甲    归集处  三级主任科员    好
华乙    归集处  二级主任科员    好
金丙    归集处  二级科员        较差
魏丁    信贷处  乡科级正职      好
陶戊    信贷处  乡科级副职      好
姜己    信贷处  一级主任科员    好
戚庚    信贷处  二级主任科员    好
谢辛    信贷处  三级主任科员    较好
邹壬    信贷处  三级主任科员    较好
喻癸    稽核处  四级主任科员    较好
柏子    稽核处  四级主任科员    较好
水丑    稽核处  一级科员        好
窦寅    稽核处  一级科员        好
章卯    稽核处  二级科员        较好
云辰    稽核处  二级科员        一般
"""
RATED = {name: rating for name, _, _, rating in (line.split() for line in UNIT_OF_25.strip().splitlines()[2:])}
PEOPLE = list(RATED)
OPINIONS = {"孔九": "出勤未达标，工作尚好", "华乙": "受市委表彰", "金丙": "拒不服从安排"}


def unit_of_25(workplace: Workplace) -> Workplace:
    """Two 四级调研员, three on probation, one 挂职外派, one absent, one under 警告 from last quarter, and the special cases."""
    workplace.put("名册.xlsx", "\n".join(line.rsplit("  ", 1)[0] for line in UNIT_OF_25.strip().splitlines()))
    workplace.put(
        "特殊情形表.xlsx",
        """
        特殊情形表
        姓名 | 情形           | 开始日期   | 结束日期   | 依据
        尤三 | 试用期         | 2021-08-02 |            |
        许四 | 试用期         | 2021-08-02 |            |
        何五 | 试用期         | 2021-08-02 |            |
        吕六 | 挂职外派       | 2021-06-01 |            |
        施七 | 未参加         | 2021-10-01 | 2021-12-31 |
        张八 | 警告           | 2021-08-16 |            | 温公积金党组〔2021〕12号
        华乙 | 直接确定为好   | 2021-11-26 | 2021-12-31 | 温委发〔2021〕58号
        金丙 | 直接确定为较差 | 2021-10-13 | 2021-12-31 | 温公积金〔2021〕63号通报
        """,
    )
    rows = [f"{name} | {'' if rating == '_' else rating} | {OPINIONS.get(name, '')}" for name, rating in RATED.items() if rating != "_"]
    workplace.put("季度评价.xlsx", "\n".join(["季度评价汇总表（2021年第4季度）", "姓名 | 领导评价档次 | 领导意见", *rows]))
    leaves = [{"孔九": "病假 5", "曹十": "病假 6", "严甲": "法定假 8"}, {"孔九": "病假 8", "曹十": "病假 6", "严甲": "法定假 22"}, {}]
    for month, leave in zip(MONTHS, leaves, strict=True):
        workplace.put(f"{month}.xlsx", attendance(leave, PEOPLE, month))
    return workplace


@pytest.fixture(scope="module")
def of_25(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return unit_of_25(Workplace(tmp_path_factory.mktemp("二十五人") / "考核")).run()


def test_a_unit_of_25_is_final(of_25: Outcome) -> None:
    assert of_25.exit_code == 0, of_25.said
    assert json.loads(of_25.file("run.json").read_text())["state"] == "final"
    assert "草稿" not in of_25.filing().everything + of_25.names().everything


#                                          总数 应参加 好 较好 一般 较差 不确定 未参加
BY_HAND = {
    "一至四级调研员":                        (2, 2, 1, 1, 0, 0, 0, 0),
    "乡科级职务、一至四级主任科员职级":      (13, 12, 7, 4, 1, 0, 0, 0),
    "科员级":                                (7, 7, 2, 1, 1, 1, 1, 1),
    "试用期":                                (3, 3, 0, 0, 0, 0, 3, 0),
    "合计":                                  (25, 24, 10, 6, 2, 1, 4, 1),
}  # fmt: skip


@pytest.mark.parametrize("row", BY_HAND)
def test_the_filing_form_of_the_25_agrees_with_a_hand_calculation(of_25: Outcome, row: str) -> None:
    assert of_25.filing().rows[row] == BY_HAND[row]


def test_the_filing_form_has_no_other_rows_and_its_columns_add_up(of_25: Outcome) -> None:
    rows = of_25.filing().rows
    assert list(rows) == list(BY_HAND)
    for total, due, *results in rows.values():
        assert due == sum(results)
        assert total >= due
    assert tuple(map(sum, zip(*(numbers for name, numbers in rows.items() if name != "合计"), strict=True))) == rows["合计"]


def test_the_ratio_counts_all_good_and_the_remark_explains_the_differences(of_25: Outcome) -> None:
    """10 of 23 took part and are 好; 9 of them within the ratio: floor(23 × 40 %) = 9 seats."""
    form = of_25.filing()
    assert form.ratio == "43.48%（10/23）"
    assert form.title == "公务员平时考核结果备案表"
    assert form.period == "（2021年度第4季度）"
    assert form.unit == "温州市住房公积金管理中心"
    assert "吕六（挂职外派）" in form.remark
    assert "直接确定为好等次 1 人（华乙）不受比例限制" in form.remark
    assert "9 人（39.13%）" in form.remark
    assert of_25.seats == [of_25.seats[0] | {"计算基数": "23", "名额": "9", "好（占名额）": "9", "好（不占名额）": "1", "占用比例": "39.13%", "是否超出": ""}]


def test_the_name_list_of_the_25_agrees_with_the_filing_form(of_25: Outcome) -> None:
    names = of_25.names()
    assert [line[0] for line in names.lines] == [str(number) for number in range(1, len(names.lines) + 1)]
    assert Counter(line[4] for line in names.lines) == {"好": 10, "一般": 2, "较差": 1, "不确定等次": 4, "未参加考核": 1}
    assert list(dict.fromkeys(line[4] for line in names.lines)) == ["好", "一般", "较差", "不确定等次", "未参加考核"]
    assert "吕六" not in names.grades
    assert not {"秦二", "谢辛", "邹壬", "喻癸", "柏子", "章卯"} & names.grades.keys(), "较好 is not listed"
    assert [line for line in names.lines if line[1] == "秦一"] == [("1", "秦一", "办公室", "四级调研员", "好", "")]
    assert [line[3] for line in names.lines if line[1] == "尤三"] == ["试用期"]
    assert "79.03%" in names.notes["孔九"]
    assert "不受比例限制" in names.notes["华乙"]
    assert {names.notes[name] for name in ("尤三", "许四", "何五")} == {"试用期"}
    assert names.notes["张八"] == "警告"


LEDGER_BY_HAND = {
    "秦一": ("好", "rating"),
    "尤三": ("不确定等次", "no-grade"),
    "吕六": ("不在考核范围", "out-of-scope"),
    "施七": ("未参加考核", "absent"),
    "张八": ("不确定等次", "no-grade"),
    "孔九": ("一般", "ceiling"),
    "曹十": ("好", "rating"),
    "严甲": ("好", "rating"),
    "华乙": ("好", "direct"),
    "金丙": ("较差", "direct"),
    "云辰": ("一般", "rating"),
}


def test_the_ledger_holds_everybody_once_in_the_order_of_the_roster(of_25: Outcome) -> None:
    assert [line["姓名"] for line in of_25.ledger] == PEOPLE
    assert list(of_25.ledger[0]) == ["序号", "考核周期", "呈报单位", "科室", "姓名", "工号", "职务职级", "得分", "建议等次", "考核等次", "依据代码", "依据"]
    assert {line["考核周期"] for line in of_25.ledger} == {QUARTER}


@pytest.mark.parametrize("name", LEDGER_BY_HAND)
def test_the_ledger_gives_grade_and_kind_of_rule(of_25: Outcome, name: str) -> None:
    line = of_25.of(name)
    assert (line["考核等次"], line["依据代码"]) == LEDGER_BY_HAND[name]
    assert line["建议等次"] == line["考核等次"]


def test_attendance_decides_by_exact_shares(of_25: Outcome) -> None:
    """13 days of sick leave in 62: 49/62 = 79.03 %, 一般; 12 days: 80.65 %, unharmed; 30 days of 产假 do not count."""
    rows = {line["姓名"]: line for line in records(of_25.file("考核台账.xlsx"), "出勤")}
    assert (rows["孔九"]["应出勤"], rows["孔九"]["出勤率"]) == ("62", "79.03%")
    assert rows["曹十"]["出勤率"] == "80.65%"
    assert (rows["严甲"]["不计缺勤的假"], rows["严甲"]["出勤率"]) == ("30", "100.00%")
    assert "应出勤 62 天，缺勤 13 天，出勤率 79.03%" in of_25.of("孔九")["依据"]
    assert "四（三）4（3）" in of_25.of("孔九")["依据"]
    assert "2021-10.xlsx!Sheet1!B11" in rows["孔九"]["来源单元格"]


# ---- ten people, five rated 好 -----------------------------------------------------------------------------------------


def ten(workplace: Workplace, *good: int) -> Workplace:
    """Ten people of one office; those whose numbers are given are rated 好, the others 较好."""
    names = [f"赵{number}" for number in "一二三四五六七八九十"]
    workplace.put("名册.xlsx", "\n".join(["人员名册", "姓名  科室  职务职级", *(f"{name}  办公室  一级科员" for name in names)]))
    rows = [f"{name}  {'好' if number in good else '较好'}" for number, name in enumerate(names, 1)]
    workplace.put("季度评价.xlsx", "\n".join(["季度评价汇总表（2021年第4季度）", "姓名  领导评价档次", *rows]))
    for month in MONTHS:
        workplace.put(f"{month}.xlsx", attendance({}, names, month))
    return workplace


def test_ten_people_five_rated_good_wait_for_a_human(workplace: Workplace) -> None:
    outcome = ten(workplace, 1, 2, 3, 4, 5).run()
    assert outcome.exit_code == 3
    assert outcome.errors == []
    assert Counter(outcome.grades.values()) == {"待研判": 5, "较好": 5}
    assert {outcome.of(f"赵{number}")["依据代码"] for number in "一二三四五"} == {"over-rated"}
    assert {outcome.of(f"赵{number}")["建议等次"] for number in "一二三四五"} == {"好"}
    assert {outcome.of(f"赵{number}")["考核等次"] for number in "六七八九十"} == {"较好"}
    assert "占 10 人的 50%" in outcome.of("赵一")["依据"] or "占 10 人的 50.00%" in outcome.of("赵一")["依据"]
    assert "4 个名额" in outcome.of("赵一")["依据"]


def test_every_form_that_is_not_final_is_marked_draft(workplace: Workplace) -> None:
    outcome = ten(workplace, 1, 2, 3, 4, 5).run()
    for name in ("备案表.xlsx", "名单表.xlsx"):
        for tab in tabs_of(outcome.file(name)):
            assert "【草稿】" in (outcome.filing(tab) if name == "备案表.xlsx" else outcome.names(tab)).everything
    assert json.loads(outcome.file("run.json").read_text())["state"] == "awaiting"


def test_ten_people_four_rated_good_are_final(workplace: Workplace) -> None:
    """40 % of ten is four exactly: 以内 includes the number."""
    outcome = ten(workplace, 1, 2, 3, 4).run()
    assert outcome.exit_code == 0
    assert Counter(outcome.grades.values()) == {"好": 4, "较好": 6}
    assert outcome.filing().ratio == "40.00%（4/10）"


# ---- a bad rating sheet ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bad_sheet(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Ten people, four rated 好: 赵七 is missing from the sheet, 钱多多 is nobody, 赵九's form has two ticks, 赵六 is rated 较号."""
    workplace = ten(Workplace(tmp_path_factory.mktemp("坏表") / "考核"), 1, 2, 3, 4)
    workplace.put(
        "季度评价.xlsx",
        """
        季度评价汇总表（2021年第4季度）
        姓名    领导评价档次
        赵一    好
        赵二    好
        赵三    好
        赵四    好
        赵五    较好
        赵六    较号
        钱多多  好
        赵八    较好
        赵十    较好
        """,
    )
    workplace.put("2021Q4/赵九.xlsx", form("赵九", "好、较好"))
    return workplace.run()


def test_all_faults_of_a_bad_rating_sheet_are_named_by_cell_in_one_run(bad_sheet: Outcome) -> None:
    assert bad_sheet.exit_code == 1
    assert bad_sheet.places("unknown-word") == ["季度评价.xlsx!Sheet1!B8"]
    assert bad_sheet.places("not-on-roster") == ["季度评价.xlsx!Sheet1!A9"]
    assert bad_sheet.places("two-ticks") == ["2021Q4/赵九.xlsx!Sheet1!D9"]
    missing = [problem for problem in bad_sheet.problems if problem["代码"] == "missing-input"]
    assert [(problem["姓名"], problem["文件"]) for problem in missing] == [("赵七", "季度评价.xlsx")]
    assert len(bad_sheet.errors) == 4
    said = "\n".join(shown_in(bad_sheet.lines))
    assert "【错误】季度评价.xlsx!Sheet1!B8：赵六的领导评价档次填的是“较号”" in said
    assert "赵九的领导评价档次勾了不止一个：好、较好" in said
    assert "“钱多多”不在人员名册里" in said
    assert "赵七缺2021年第4季度季度评价" in said


def test_everybody_else_is_graded_and_the_cap_unchanged_by_the_missing(bad_sheet: Outcome) -> None:
    assert Counter(bad_sheet.grades.values()) == {"好": 4, "较好": 3, "待处理": 3}
    assert {name for name, grade in bad_sheet.grades.items() if grade == "待处理"} == {"赵六", "赵七", "赵九"}
    assert {bad_sheet.of(name)["建议等次"] for name in ("赵六", "赵七", "赵九")} == {""}
    assert {bad_sheet.of(name)["依据代码"] for name in ("赵六", "赵七", "赵九")} == {"problem"}
    assert (bad_sheet.seats[0]["计算基数"], bad_sheet.seats[0]["名额"], bad_sheet.seats[0]["尚未评定"]) == ("10", "4", "3")
    assert "钱多多" not in bad_sheet.grades
    assert "【草稿】" in bad_sheet.filing().everything


# ---- rules.yaml that is broken -----------------------------------------------------------------------------------------

BROKEN_RULES = [
    pytest.param("\ncap:\n", "\ncatp:\n", "catp", "是不是“cap”", id="catp 代替 cap"),
    pytest.param("share: 40%", "share: 140%", "share: 140%", "140%", id="比例 140%"),
    pytest.param("share: 40%", "share: 0.4", "share: 0.4", "40%", id="比例写成小数"),
    pytest.param("ceiling: 一般", "ceiling: 一股", "ceiling: 一股", "一般", id="没有的等次"),
    pytest.param("circumstance: 试用期", "circumstance: 实习期", "circumstance: 实习期", "实习期", id="没有的情形"),
    pytest.param(
        "      levels: [一级调研员, 二级调研员, 三级调研员, 四级调研员]\n", "", "name: 一至四级调研员", "没有任何职务职级归入", id="备案表的行没有人归入"
    ),
    pytest.param("levels: [一级科员, 二级科员]", "levels: [一级科员, 四级主任科员]", "name: 科员级", "四级主任科员", id="一个职级归入两行"),
    pytest.param("sheets: [出勤汇总表, ", "sheets: [考勤表, ", "sheets: [考勤表", "考勤表", id="没有的标准表"),
    pytest.param("  base: participants\n", "  base: participants\n  base: graded\n", "base: graded", "写了两次", id="重复的词"),
    pytest.param("  clause: 四（三）3\n", "", "\ncap:", "clause", id="没有写条款"),
    pytest.param("  share: 40%", "  share: [40%", "base: participants", "写法有误", id="YAML 写坏了"),
    pytest.param("absent: [病假, 事假, 旷工]", "absent: [病假, 事假, 矿工]", "absent: [病假, 事假, 矿工]", "旷工", id="没有的假别"),
    pytest.param("of: quarter", "of: fortnight", "of: fortnight", "quarter", id="没有的选项"),
    pytest.param("absent, ungraded, direct-poor", "ungraded, direct-poor", "order:", "steps", id="步骤缺一个"),
]


@pytest.mark.parametrize(("old", "new", "line", "word"), BROKEN_RULES)
def test_a_broken_rules_yaml_stops_before_anything_is_written(workplace: Workplace, old: str, new: str, line: str, word: str) -> None:
    ten(workplace, 1).change_rules((old, new))
    outcome = workplace.run()
    assert outcome.exit_code == 2
    text = (workplace.folder / "rules.yaml").read_text(encoding="utf-8")
    number = text[: text.index(line)].count("\n") + 1 + line.startswith("\n")
    assert f"rules.yaml 第{number}行" in outcome.said, outcome.said
    assert word in outcome.said
    assert not workplace.output.exists()


def test_all_faults_of_rules_yaml_come_out_together(workplace: Workplace) -> None:
    workplace.change_rules(("share: 40%", "share: 140%"), ("ceiling: 一般", "ceiling: 一股"), ("document:", "documents:"))
    said = workplace.run().said
    assert said.count("rules.yaml 第") == 3
    assert "140%" in said
    assert "一股" in said
    assert "是不是“document”" in said


def test_a_missing_rules_yaml_is_said(workplace: Workplace) -> None:
    (workplace.folder / "rules.yaml").unlink()
    outcome = workplace.run()
    assert outcome.exit_code == 2
    assert "rules.yaml" in outcome.said
    assert "new 命令" in outcome.said


def test_a_broken_template_stops_before_anything_is_written(workplace: Workplace) -> None:
    ten(workplace, 1)
    (workplace.folder / "templates").mkdir()
    outcome = workplace.run()
    assert outcome.exit_code == 2
    assert "备案表.xlsx" in outcome.said
    assert not workplace.output.exists()


@pytest.mark.parametrize("period", ["2021Q5", "去年", "2021-13", "Q4"])
def test_a_period_nobody_understands_is_a_matter_of_usage(workplace: Workplace, period: str) -> None:
    outcome = ten(workplace, 1).run("run", period)
    assert outcome.exit_code == 2
    assert f"看不懂考核周期“{period}”" in outcome.said
    assert not workplace.output.exists()


# ---- the same input, the same bytes ------------------------------------------------------------------------------------


def test_the_second_run_is_byte_identical_in_another_time_zone_and_with_other_hashes(workplace: Workplace) -> None:
    unit_of_25(workplace)
    first = workplace.spawn("run", QUARTER, TZ="Asia/Shanghai", PYTHONHASHSEED="1")
    assert first.exit_code == 0, first.said
    before = files_below(first.folder)
    time.sleep(1.1)  # workbooks and zip archives carry seconds
    second = workplace.spawn("run", QUARTER, TZ="America/New_York", PYTHONHASHSEED="4242", LC_ALL="C")
    assert files_below(second.folder) == before
    assert len(before) >= 5


def test_the_order_in_which_files_were_dropped_is_irrelevant(tmp_path: Path) -> None:
    one, other = unit_of_25(Workplace(tmp_path / "甲")), unit_of_25(Workplace(tmp_path / "乙"))
    sheets = files_below(other.input)
    for name in sheets:
        (other.input / name).unlink()
    for name in reversed(sheets):
        (other.input / name).write_bytes(sheets[name])
    assert files_below(one.run().folder) == files_below(other.run().folder)


def test_run_json_holds_the_hashes_of_inputs_rules_and_outputs(of_25: Outcome) -> None:
    about = json.loads(of_25.file("run.json").read_text())
    written = {name: hashlib.sha256(data).hexdigest() for name, data in files_below(of_25.folder).items() if name != "run.json"}
    assert about["outputs"] == written
    workplace = of_25.folder.parent.parent
    assert about["inputs"] == {name: hashlib.sha256(data).hexdigest() for name, data in files_below(workplace / "input").items()}
    assert about["rules"] == hashlib.sha256((workplace / "rules.yaml").read_bytes()).hexdigest()
    assert about["period"] == QUARTER
    assert about["people"]["roster"] == about["people"]["ledger"] == 25


# ---- killed at any moment ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="counts processes in /proc")
def test_a_killed_run_leaves_no_reader_behind(workplace: Workplace) -> None:
    """Neither memory nor the lock stays taken: the worker that reads the sheets ends with the run it reads for."""
    ten(workplace, 1)
    process = subprocess.Popen(workplace.command("run", QUARTER), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        seen = until(lambda: len(members(process.pid)) > 1 or process.poll() is not None)
        process.kill()
        process.wait()
        assert seen
        assert until(lambda: not members(process.pid))
        assert workplace.run().exit_code == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def until(holds: Callable[[], bool], seconds: float = 5) -> bool:
    """Waits for something to come true."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def members(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, its_session = entry.read_text().rpartition(")")[2].split()[:4]
            found += [int(entry.parent.name)] if int(its_session) == session and state != "Z" else []
    return found


def test_an_old_output_whose_successor_never_came_is_put_back(workplace: Workplace) -> None:
    """Where two names cannot be swapped in one step, a kill between the two leaves .旧-2021Q4: the next run mends it."""
    ten(workplace, 1)
    before = files_below(workplace.run().folder)
    (workplace.output / QUARTER).rename(workplace.output / f".旧-{QUARTER}")
    (workplace.output / f".写入中-{QUARTER}").mkdir()
    (workplace.folder / "input" / "名册.xlsx").unlink()
    workplace.call("run", "2021Q3")
    assert files_below(workplace.output / QUARTER) == before
    assert not any(path.name.startswith((".旧-", ".写入中-")) for path in workplace.output.iterdir())


def test_two_runs_at_once_do_not_disturb_each_other(workplace: Workplace) -> None:
    from filelock import FileLock

    ten(workplace, 1)
    workplace.output.mkdir()
    with FileLock(workplace.output / ".正在运行.lock"):
        outcome = workplace.spawn("run", QUARTER)
    assert outcome.exit_code == 2
    assert "另一个程序正在处理" in outcome.said


@pytest.mark.parametrize("trouble", [PermissionError(13, "in use"), OSError(28, "No space left on device")], ids=["打开着", "磁盘满"])
def test_output_that_cannot_be_replaced_keeps_the_old_one_and_says_so(workplace: Workplace, monkeypatch: pytest.MonkeyPatch, trouble: OSError) -> None:
    ten(workplace, 1)
    before = files_below(workplace.run().folder)
    ten(workplace, 2)

    def refuse(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr("appraisal.deliver._exchanged", lambda *_: False, raising=False)
    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, refuse)
        monkeypatch.setattr(Path, name, refuse)
    outcome = workplace.run()
    assert outcome.exit_code == 1
    assert "上次的结果保持原样" in outcome.said
    assert ("打开" if isinstance(trouble, PermissionError) else "磁盘空间不足") in outcome.said
    assert "Traceback" not in outcome.said
    monkeypatch.undo()
    assert files_below(workplace.output / QUARTER) == before
    again = workplace.run()
    assert again.exit_code == 0, again.said
    assert again.of("赵二")["考核等次"] == "好"
    assert sorted(path.name for path in workplace.output.iterdir() if path.is_dir()) == [QUARTER]


# ---- quick to start ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["check", "--help"]])
def test_help_imports_neither_pandas_nor_openpyxl(words: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["process.py", *{words!r}]
from process import main
try:
    main()
except SystemExit as end:
    heavy = {{"pandas", "openpyxl", "numpy", "xlsxwriter", "pydantic", "jinja2", "python_calamine"}} & set(sys.modules)
    sys.exit(f"imported: {{sorted(heavy)}}" if heavy else end.code)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", env={**os.environ, "PYTHONIOENCODING": "utf-8"}
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_help_is_chinese_and_names_the_commands() -> None:
    from click.testing import CliRunner

    from process import main

    said = CliRunner().invoke(main, ["--help"]).output
    assert "平时考核" in said
    assert all(command in said for command in ("run", "check", "rules"))


# ---- bad input ---------------------------------------------------------------------------------------------------------


BAD_FILES = {
    "坏了.xlsx": (spoiled.broken, "unreadable"),
    "半截.xlsx": (spoiled.half, "unreadable"),
    "旧格式.xls": (spoiled.broken_xls, "unreadable"),
    "加密.xlsx": (spoiled.encrypted, "encrypted"),
    "空.xlsx": (spoiled.empty, "empty-file"),
    "大.xlsx": (spoiled.large, "too-large"),
    "膨胀.xlsx": (spoiled.bomb, "too-large"),
    "越界.xlsx": (spoiled.escaping, "unsafe"),
    "自称有四万亿个字符串.xlsx": (spoiled.lying, "unsafe"),
    "网页.xls": (spoiled.web_page, "not-a-workbook"),
    "文字.xlsx": (spoiled.text, "not-a-workbook"),
    "压缩包.xlsx": (spoiled.archive, "not-a-workbook"),
    "通知.docx": (spoiled.archive, "not-a-workbook"),
    "扫描.pdf": (spoiled.pdf, "not-a-workbook"),
    "扩展名.xls": (lambda: xlsx("一张别的表\n甲  乙"), "wrong-extension"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_reported_and_the_rest_goes_on(workplace: Workplace, name: str) -> None:
    make, code = BAD_FILES[name]
    ten(workplace, 1, 2)
    workplace.put(name, make())
    outcome = workplace.run()
    assert outcome.places(code) == [name]
    assert Counter(outcome.grades.values()) == {"好": 2, "较好": 8}
    assert outcome.exit_code == (0 if code == "wrong-extension" else 1)
    assert "Traceback" not in outcome.said


def test_a_wrong_extension_is_read_by_its_content(workplace: Workplace) -> None:
    ten(workplace, 1)
    (workplace.input / "季度评价.xlsx").rename(workplace.input / "季度评价.xls")
    outcome = workplace.run()
    assert outcome.exit_code == 0
    assert outcome.places("wrong-extension") == ["季度评价.xls"]
    assert outcome.of("赵一")["考核等次"] == "好"


def test_lock_files_are_passed_over(workplace: Workplace) -> None:
    """~$ files belong to the program that has the workbook open: skipped, with a warning that it is being edited."""
    ten(workplace, 1)
    workplace.put("~$季度评价.xlsx", b"\x05owner")
    workplace.put(".DS_Store", b"x")
    outcome = workplace.run()
    assert outcome.exit_code == 0
    assert outcome.errors == []
    assert outcome.places("being-edited") == ["季度评价.xlsx"]


def test_many_bad_files_are_all_reported_in_one_run(workplace: Workplace) -> None:
    ten(workplace, 1)
    for name, (make, _) in BAD_FILES.items():
        workplace.put(name, make())
    outcome = workplace.run()
    assert outcome.exit_code == 1
    assert {name for name, (_, code) in BAD_FILES.items() if name in outcome.places(code)} == BAD_FILES.keys()
    assert Counter(outcome.grades.values()) == {"好": 1, "较好": 9}


def test_a_file_that_ends_its_reader_costs_that_file_only(workplace: Workplace, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever a native reader says while it dies, the clerk reads our sentence and nothing else."""
    ten(workplace, 1, 2)
    workplace.put("致命.xlsx", spoiled.broken())
    with deadly("致命.xlsx"):
        outcome = workplace.run()
    assert outcome.exit_code == 1
    assert outcome.places("reader-lost") == ["致命.xlsx"]
    assert Counter(outcome.grades.values()) == {"好": 2, "较好": 8}
    assert "memory allocation" not in "".join(capfd.readouterr()) + outcome.said


def test_a_year_without_a_working_day_calendar_is_never_guessed(workplace: Workplace) -> None:
    outcome = ten(workplace, 1).run("run", "2099Q4")
    assert outcome.exit_code == 2
    assert "工作日历里没有 2099 年" in outcome.said
    assert "pip install -U chinesecalendar" in outcome.said
    assert "rules.yaml 的 calendar" in outcome.said
    assert not workplace.output.exists()


def test_without_a_roster_the_run_says_how_to_make_one(workplace: Workplace) -> None:
    ten(workplace, 1)
    (workplace.input / "名册.xlsx").unlink()
    outcome = workplace.run()
    assert outcome.exit_code == 1
    assert "input 文件夹里没有人员名册" in outcome.said
    assert "姓名、科室、职务职级" in outcome.said
    assert outcome.codes == {"no-roster"}


def test_an_empty_input_folder_is_said_not_crashed_upon(workplace: Workplace) -> None:
    outcome = workplace.run()
    assert outcome.exit_code == 1
    assert "没有人员名册" in outcome.said
    assert workplace.run("run").exit_code == 2


# ---- run and check -----------------------------------------------------------------------------------------------------


def test_without_a_period_the_latest_quarter_in_input_is_taken(workplace: Workplace) -> None:
    ten(workplace, 1)
    outcome = workplace.run("run")
    assert outcome.exit_code == 0
    assert "2021年第4季度" in outcome.said
    assert (workplace.output / QUARTER / "备案表.xlsx").exists()


def test_the_summary_says_people_grades_ratio_problems_and_where_the_files_are(of_25: Outcome) -> None:
    assert "名册 25 人：好 10，较好 6，一般 2，较差 1，不确定等次 4，未参加考核 1，不在考核范围 1" in of_25.said
    assert "23 人，名额 9，好 9 人（39.13%），另有不占比例 1 人" in of_25.said
    assert "错误 0 个" in of_25.said
    assert f"结果在：{of_25.folder}" in of_25.said


def test_every_row_with_somebody_in_it_is_used_or_refused(workplace: Workplace) -> None:
    """Two names, no name, a strange name and an unreadable number: four rows refused, and counted."""
    ten(workplace, 1)
    rows = ["赵一 | 1", "赵二、赵三 | 0", " | 2", "钱一 | 0", "赵四 | 两天", "合计 | 3", *(f"赵{number} | 0" for number in "五六七八九十")]
    workplace.put("2021-10.xlsx", "\n".join(["出勤汇总表（2021-10）", "姓名 | 病假", *rows]))
    outcome = workplace.run()
    control = json.loads((outcome.folder / "run.json").read_text(encoding="utf-8"))["control"]
    assert control["2021-10.xlsx"] == {"people": 11, "used": 7, "refused": 4}
    assert control["2021-11.xlsx"] == {"people": 10, "used": 10, "refused": 0}
    assert "41 行人员记录：采用 37，未采用 4。" in outcome.said


def test_check_prints_the_matrix_and_leaves_the_last_run_as_it_is(workplace: Workplace) -> None:
    ten(workplace, 1)
    before = files_below(workplace.run().folder)
    (workplace.input / "2021-11.xlsx").unlink()
    for path in workplace.input.iterdir():
        os.utime(path, (1_641_000_000, 1_641_000_000))  # 2022-01-01; due on the 20th
    os.utime(workplace.input / "2021-12.xlsx", (1_643_000_000, 1_643_000_000))
    outcome = workplace.run("check", QUARTER)
    assert outcome.exit_code == 1
    heading = next(line for line in outcome.lines if line.startswith("呈报单位"))
    row = next(line for line in outcome.lines if line.startswith("温州市住房公积金管理中心"))
    assert row.split()[1:] == ["办公室", "缺报", "缺报", "缺报", "已报", "缺报", "迟报", "已报"]
    assert heading.split() == [
        "呈报单位",
        "科室",
        "一周小记",
        "10月",
        "一周小记",
        "11月",
        "一周小记",
        "12月",
        "出勤",
        "10月",
        "出勤",
        "11月",
        "出勤",
        "12月",
        "季度评价",
        "第4季度",
    ]
    after = files_below(workplace.output / QUARTER)
    assert {name: data for name, data in after.items() if not name.startswith("检查/")} == before


def test_check_writes_nothing_but_its_report(workplace: Workplace) -> None:
    ten(workplace, 1).run("check", QUARTER)
    assert {Path(name).name for name in files_below(workplace.output)} <= {"问题清单.xlsx", "催报.txt"}
    assert sorted(path.name for path in workplace.folder.iterdir()) == ["input", "output", "rules.yaml"]


def test_a_run_never_touches_input(workplace: Workplace) -> None:
    ten(workplace, 1)
    before = files_below(workplace.input)
    workplace.run()
    assert files_below(workplace.input) == before


# ---- several units -----------------------------------------------------------------------------------------------------


def test_several_units_file_one_tab_each_after_a_summary_and_a_folder_each(workplace: Workplace) -> None:
    names = [f"{unit}{number}" for unit in ("机", "瑞") for number in "甲乙丙丁戊"]
    rows = [f"{name}  {'机关' if name[0] == '机' else '瑞安分中心'}  综合科  一级科员" for name in names]
    workplace.put("名册.xlsx", "\n".join(["人员名册", "姓名  呈报单位  科室  职务职级", *rows]))
    good = ("机甲", "机乙", "瑞甲")
    workplace.put(
        "评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名  领导评价档次", *(f"{name}  {'好' if name in good else '较好'}" for name in names)])
    )
    for month in MONTHS:
        workplace.put(f"{month}.xlsx", attendance({}, names, month))
    outcome = workplace.run()
    assert outcome.exit_code == 0
    for name in ("备案表.xlsx", "名单表.xlsx"):
        assert tabs_of(outcome.file(name)) == ["汇总", "机关", "瑞安分中心"]
        assert tabs_of(outcome.file(f"分单位/机关/{name}")) == ["机关"]
        assert tabs_of(outcome.file(f"分单位/瑞安分中心/{name}")) == ["瑞安分中心"]
    assert outcome.filing("机关").rows["合计"] == (5, 5, 2, 3, 0, 0, 0, 0)
    assert outcome.filing("瑞安分中心").rows["合计"] == (5, 5, 1, 4, 0, 0, 0, 0)
    assert outcome.filing("汇总").rows["合计"] == (10, 10, 3, 7, 0, 0, 0, 0)
    assert [(line["范围"], line["计算基数"], line["名额"]) for line in outcome.seats] == [("机关", "5", "2"), ("瑞安分中心", "5", "2")]


def test_the_cap_holds_in_each_unit_though_the_whole_would_allow_more(workplace: Workplace) -> None:
    """C-c: three of five 好 in one unit and none of five in the other: 30 % of all, but that unit is over its two seats."""
    names = [f"{unit}{number}" for unit in ("机", "瑞") for number in "甲乙丙丁戊"]
    rows = [f"{name}  {'机关' if name[0] == '机' else '瑞安分中心'}  综合科  一级科员" for name in names]
    workplace.put("名册.xlsx", "\n".join(["人员名册", "姓名  呈报单位  科室  职务职级", *rows]))
    good = ("机甲", "机乙", "机丙")
    workplace.put(
        "评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名  领导评价档次", *(f"{name}  {'好' if name in good else '较好'}" for name in names)])
    )
    for month in MONTHS:
        workplace.put(f"{month}.xlsx", attendance({}, names, month))
    outcome = workplace.run()
    assert outcome.exit_code == 3
    assert {name for name, grade in outcome.grades.items() if grade == "待研判"} == set(good)


# ---- the sample --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    import shutil

    workplace = Workplace(tmp_path_factory.mktemp("样本") / "考核")
    shutil.rmtree(workplace.input)
    shutil.copytree(ROOT / "input", workplace.input)
    return workplace.run()


def test_the_sample_quarter_ends_final(sample: Outcome) -> None:
    assert sample.exit_code == 0, sample.said
    assert sample.errors == []
    assert tabs_of(sample.file("备案表.xlsx")) == ["汇总", "机关", "瑞安分中心", "乐清分中心"]


def test_the_sample_quarter_agrees_with_what_its_sheets_say(sample: Outcome) -> None:
    assert sample.filing("机关").rows["合计"] == (26, 25, 8, 12, 1, 1, 2, 1)
    assert sample.filing("瑞安分中心").rows["合计"] == (12, 12, 5, 4, 1, 0, 2, 0)
    assert sample.filing("乐清分中心").rows["合计"] == (7, 7, 2, 3, 0, 0, 2, 0)
    assert sample.filing("汇总").ratio == "34.88%（15/43）"
    assert Counter(line["考核等次"] for line in sample.ledger) == {
        "好": 15,
        "较好": 19,
        "一般": 2,
        "较差": 1,
        "不确定等次": 6,
        "未参加考核": 1,
        "不在考核范围": 4,
    }


def test_no_form_holds_a_formula(sample: Outcome) -> None:
    for path in sample.folder.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            assert not any(b"<f>" in package.read(part) or b"<f " in package.read(part) for part in package.namelist() if "worksheets" in part), path
