"""What other eyes than a clerk's see: programs that read JSON, consoles in GBK, terminals with colour and those without."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from drawn import MONTHS, ROOT, Workplace, attendance, files_below, shown_in

from appraisal.refused import BusyError
from appraisal.terminal import table, width

PEOPLE = ("张三", "李四", "玥𠮷", "赵六")


@pytest.fixture
def office(workplace: Workplace) -> Workplace:
    return furnished(workplace)


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return furnished(Workplace(tmp_path_factory.mktemp("同一个") / "考核"))


def furnished(workplace: Workplace) -> Workplace:
    """Four people; one rating is no grade, one column is strange, and one name no GBK console can show."""
    workplace.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级 | 星座", *(f"{name} | 办公室 | 一级科员 | 双鱼" for name in PEOPLE)]))
    grades = ("优秀", "较好", "卓越", "较好")
    lines = (f"{name} | {grade}" for name, grade in zip(PEOPLE, grades, strict=True))
    workplace.put("评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名 | 领导评价档次", *lines]))
    for month in MONTHS:
        workplace.put(f"{month}.xlsx", attendance({}, PEOPLE, month))
    return workplace


def test_quiet_says_the_result_and_no_single_problem(office: Workplace) -> None:
    loud, quiet = office.run("run", "2021Q4"), office.run("run", "2021Q4", "--quiet")
    assert len(list(shown_in(loud.lines))) == len(loud.problems) > 0
    assert list(shown_in(quiet.lines)) == []
    assert quiet.said == loud.said[loud.said.index("\n2021年第4季度") :]
    assert quiet.exit_code == loud.exit_code == 1
    assert office.run("run", "2021Q4", "-q").said == quiet.said


def test_json_is_nothing_but_json_and_says_what_the_lines_say(office: Workplace) -> None:
    plain = office.run("run", "2021Q4")
    written = files_below(plain.folder)
    spoken = office.spawn("run", "2021Q4", "--json")
    about = json.loads(spoken.said)
    assert (about["period"], about["state"], about["exit"], about["people"]) == ("2021Q4", "draft", 1, 4)
    assert spoken.exit_code == plain.exit_code == about["exit"]
    assert about["results"] == {"较好": 2, "待处理": 2}
    lines = ["：".join(filter(None, [one["place"], f"{one['text']}。{one['remedy']}。"])) for one in about["problems"]]
    assert [f"【{one['severity']}】{line}" for one, line in zip(about["problems"], lines, strict=True)] == list(shown_in(plain.lines))
    assert {(one["code"], one["name"]) for one in about["problems"]} == {(line["代码"], line["姓名"]) for line in plain.problems}
    assert about["errors"] == len(plain.errors) == 2
    assert about["errors"] + about["warnings"] == len(about["problems"])
    assert files_below(Path(about["folder"])) == written


@pytest.mark.skipif(os.name == "nt", reason="needs a process without terminal as POSIX has it")
def test_json_is_nothing_but_json_when_a_password_is_asked_for(office: Workplace) -> None:
    words = [*office.command()[:2], "--password", *office.command("check", "2021Q4", "--json")[2:]]
    done = subprocess.run(words, cwd=ROOT, input="abc12345\n", capture_output=True, text=True, encoding="utf-8", start_new_session=True)
    assert "打开密码" in done.stderr
    assert json.loads(done.stdout)["errors"] == 2


def test_check_in_json_counts_the_same(office: Workplace) -> None:
    run, check = json.loads(office.run("run", "2021Q4", "--json").said), json.loads(office.call("check", "2021Q4", "--json").said)
    assert check["problems"] == run["problems"]
    assert (check["state"], check["errors"]) == ("draft", 2)


def test_a_year_too_is_nothing_but_json_or_quiet(office: Workplace) -> None:
    plain = office.run("run", "2021")
    spoken = office.spawn("run", "2021", "--json")
    about = json.loads(spoken.said)
    assert spoken.exit_code == plain.exit_code == about["exit"] == 1
    assert (about["period"], about["state"], about["people"], about["doubts"]) == ("2021", "draft", 0, [])
    assert about["periods"] == about["missing"] == ["2021Q1", "2021Q2", "2021Q3", "2021Q4"]
    assert (Path(about["folder"]) / "run.json").is_file()
    assert office.run("run", "2021", "--quiet").said == plain.said


def test_the_json_of_every_command_names_the_status_that_command_ends_with(workplace: Workplace) -> None:
    """Nobody has approved yet: `run` says so by its status, `check` found nothing wrong with the input."""
    shutil.copytree(ROOT / "examples/jining-commerce", workplace.folder, dirs_exist_ok=True)
    for command, status in (("run", 3), ("check", 0)):
        spoken = workplace.call(command, "2020Q2", "--json")
        assert (spoken.exit_code, json.loads(spoken.said)["exit"], json.loads(spoken.said)["state"]) == (status, status, "awaiting")


def test_a_check_whose_list_cannot_be_written_names_no_list(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is wrong with the input, and yet not all is done."""

    def refuse(*_: object) -> None:
        raise BusyError("问题清单.xlsx 正被打开")

    shutil.copytree(ROOT / "examples/jining-commerce", workplace.folder, dirs_exist_ok=True)
    monkeypatch.setattr("appraisal.pipeline.write_check", refuse)
    refused, spoken = workplace.call("check", "2020Q2"), workplace.call("check", "2020Q2", "--json")
    assert (refused.exit_code, "没有写出问题清单：问题清单.xlsx 正被打开。" in refused.said, "问题清单在" in refused.said) == (1, True, False)
    about = json.loads(spoken.said[spoken.said.index("{") :])
    assert (spoken.exit_code, about["exit"], about["folder"]) == (1, 1, None)


SEVERAL = """
import json, os, sys
from process import start
sys.path.append("tests")
import remembered
remembered.remember()
for words, environment in json.loads(sys.argv[1]):
    for name, value in environment.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    sys.argv = ["process.py", *words]
    try:
        start()
    except SystemExit as end:
        print(f"\\f{end.code}\\f", end="", flush=True)
"""
"""Several calls, one after the other in one program: what takes a second is its start."""
Calls = Sequence[tuple[Sequence[str], Mapping[str, str | None]]]


def several(office: Workplace, calls: Calls) -> list[str]:
    """The command line for calls in a workplace, each with its environment."""
    return [sys.executable, "-c", SEVERAL, json.dumps([(["--at", str(office.folder), *words], environment) for words, environment in calls])]


def told_apart(said: str) -> list[tuple[str, int]]:
    """What each call said, and how it ended."""
    parts = said.split("\f")[:-1]
    return [(text, int(status)) for text, status in zip(parts[::2], parts[1::2], strict=True)]


SPOKEN = (
    ("run", "2021Q4"),
    ("run", "2021Q4", "--json"),
    ("run", "2021", "--json"),
    ("check", "2021Q4"),
    ("explain", "玥𠮷", "2021Q4"),
    ("rules",),
    ("run", "三月"),
)


@pytest.fixture(scope="module")
def on_gbk(shared_office: Workplace) -> Mapping[tuple[str, ...], tuple[str, int]]:
    """What a console in GBK shows of each call."""
    environment = {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    command = several(shared_office, [(words, {}) for words in SPOKEN])
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return dict(zip(SPOKEN, told_apart(done.stdout.decode("gbk")), strict=True))


@pytest.mark.parametrize("words", SPOKEN)
def test_a_console_in_gbk_shows_everything_but_the_characters_it_does_not_have(
    shared_office: Workplace, on_gbk: Mapping[tuple[str, ...], tuple[str, int]], words: tuple[str, ...]
) -> None:
    clear = shared_office.call(*words)
    said, status = on_gbk[words]
    assert status == clear.exit_code
    assert "\x1b" not in said
    assert said.splitlines() == clear.said.encode("gbk", "replace").decode("gbk").splitlines()


@pytest.mark.skipif(os.name == "nt", reason="needs a terminal of POSIX")
def test_problems_are_in_colour_on_a_terminal_and_nowhere_else(office: Workplace) -> None:
    bright, plain, empty = on_terminal(office, {"NO_COLOR": None}, {"NO_COLOR": "1"}, {"NO_COLOR": ""})
    assert bright.count("\x1b[31m【错误】") == 2
    assert "\x1b[33m【警告】" in bright
    assert "\x1b" not in plain
    assert plain == bright.replace("\x1b[31m", "").replace("\x1b[33m", "").replace("\x1b[0m", "")
    assert all(line.startswith("\x1b[3") for line in bright.splitlines() if "\x1b" in line)
    assert empty == bright


def on_terminal(office: Workplace, *environments: Mapping[str, str | None]) -> list[str]:
    """What somebody at a terminal sees of runs."""
    import pty

    own, theirs = pty.openpty()
    command = several(office, [(("run", "2021Q4"), environment) for environment in environments])
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "utf-8", "TERM": "xterm"}, stdout=theirs, stderr=theirs) as program:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(own, 65_536)
            except OSError:  # Linux says so when the other side has closed
                break
            if not part:
                break
            seen += part
    os.close(own)
    assert program.returncode == 0
    told = told_apart(seen.decode())
    assert [status for _, status in told] == [1] * len(environments)
    return [text for text, _ in told]


@pytest.mark.skipif(os.name == "nt", reason="needs pipes of POSIX")
def test_a_reader_that_has_seen_enough_costs_no_result(office: Workplace) -> None:
    """Whoever calls `run | head`, or types q into `| more`, reads no further: everything is written all the same."""
    wanted = files_below(office.run("run", "2021Q4").folder)
    shutil.rmtree(office.output)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(office.command("run", "2021Q4"), cwd=ROOT, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert b"Traceback" not in done.stderr
    assert files_below(office.output / "2021Q4") == wanted


def test_problems_are_said_even_where_the_result_cannot_be_written(office: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BusyError("备案表.xlsx 正被打开")

    wanted = list(shown_in(office.run("run", "2021Q4").lines))
    monkeypatch.setattr("appraisal.pipeline.write", refuse)
    refused = office.run("run", "2021Q4")
    assert list(shown_in(refused.lines)) == wanted != []
    assert (refused.exit_code, "没有写出结果：备案表.xlsx 正被打开。" in refused.said) == (1, True)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("rnu",), "看不懂“rnu”，是不是“run”？用法见 python process.py -h"),
        (("统计",), "看不懂“统计”。用法见 python process.py -h"),
        (("run", "2021", "Q4"), "看不懂“Q4”。用法见 python process.py run -h"),
        (("run", "--queit"), "没有“--queit”这个选项，是不是“--quiet”？用法见 python process.py run -h"),
        (("--ta", "x"), "没有“--ta”这个选项，是不是“--at”？用法见 python process.py -h"),
        (("blank",), "缺少 PERIOD。用法见 python process.py blank -h"),
        (("new", "x", "--like"), "看不懂“--like”。用法见 python process.py -h"),
    ],
    ids=["错一个字母", "没有的命令", "多一个词", "选项错", "总的选项错", "缺一个词", "选项没有值"],
)
def test_a_wrong_call_is_answered_in_chinese(words: tuple[str, ...], answer: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "process.py"), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{answer}\n")


def test_columns_line_up_though_a_chinese_character_is_two_wide() -> None:
    lines = list(table([["科室", "x"], ["a", "办公室"], ["人事教育科", ""]]))
    assert [width(line.partition("x")[0]) for line in lines[:1]] == [12]
    assert [width(line[: line.index("办")]) for line in lines[1:2]] == [12]
    assert lines[2] == "人事教育科"


def test_the_program_says_how_it_was_called_wrongly_in_no_traceback() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "process.py"), "run", "2021Q9"], capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 2
    assert "看不懂考核周期“2021Q9”" in done.stderr
    assert "Traceback" not in done.stderr
