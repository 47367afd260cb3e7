"""运行.bat, as far as a machine without Windows can tell: its bytes, its quotes, and that it names what there is."""

from __future__ import annotations

import re
import tomllib

import pytest
from drawn import ROOT

BAT = ROOT / "运行.bat"
DATA = BAT.read_bytes()
TEXT = DATA.decode("gbk")
LINES = TEXT.split("\r\n")


def test_it_is_gbk_without_byte_order_mark_and_every_line_ends_as_windows_wants() -> None:
    """cmd.exe looks for labels by byte and loses them in files with LF alone."""
    assert not DATA.startswith((b"\xef\xbb\xbf", b"\xff\xfe"))
    assert DATA.count(b"\n") == DATA.count(b"\r\n") == DATA.count(b"\r")
    assert DATA.endswith(b"\r\n")
    assert "公务员平时考核" in TEXT


def test_nothing_chinese_stands_before_the_code_page_is_set() -> None:
    page = LINES.index("chcp 936 >nul")
    assert all(line.isascii() for line in LINES[: page + 1])
    assert "65001" not in TEXT  # cmd.exe loses its place in UTF-8 batch files


def test_no_chinese_character_hides_a_character_that_means_something_to_cmd() -> None:
    """The second byte of a GBK character may be a bar or a backslash: harmless in code page 936, not in another."""
    for char in TEXT:
        if not char.isascii():
            assert char.encode("gbk")[1:] not in (b"|", b"^", b"\\", b"`", b"@", b"~"), char


def test_it_works_where_it_stands_and_every_path_is_in_quotes() -> None:
    assert 'cd /d "%~dp0" 2>nul || pushd "%~dp0"' in LINES
    for line in LINES:
        if not line.startswith(("rem ", "echo ", "if ", ":")):
            bare = re.sub(r'"[^"]*"', "", line)
            assert not re.search(r"%~dp0|%OWN%|\.venv|process\.py|wheels", bare), line
    assert re.search(r"(?<!\")%OWN%|%OWN%(?!\")", TEXT) is None
    assert re.search(r"(?<!\")%~dp0", TEXT) is None


@pytest.mark.parametrize("line", LINES)
def test_quotes_come_in_pairs(line: str) -> None:
    assert line.count('"') % 2 == 0


def test_an_exclamation_mark_in_the_name_of_the_folder_is_kept() -> None:
    assert "DisableDelayedExpansion" in TEXT
    assert "!" not in TEXT


def test_every_label_that_is_gone_to_is_there_once() -> None:
    labels = [line[1:] for line in LINES if line.startswith(":")]
    assert len(set(labels)) == len(labels)
    assert {target for line in LINES for target in re.findall(r"\bgoto (\w+)", line)} == set(labels)


def test_the_window_stays_open_and_the_exit_status_is_that_of_the_program() -> None:
    assert "if not defined APPRAISAL_NO_PAUSE pause" in LINES
    assert LINES[-2] == "exit /b %CODE%"
    assert LINES[LINES.index('"%OWN%" "process.py" run %*') + 1] == 'set "CODE=%ERRORLEVEL%"'
    assert all(f'if "%CODE%"=="{status}" echo ' in TEXT for status in range(4))


def test_a_crash_is_not_taken_for_success() -> None:
    """A program that Windows ends has a negative status, and `if errorlevel 1` means 1 or more."""
    assert not re.search(r"\berrorlevel \d", TEXT, re.IGNORECASE)
    assert [line.rpartition(" || ")[2] for line in LINES if "-m venv" in line or "-m pip" in line] == ["goto novenv", "goto noinstall", "goto noinstall"]
    assert 'for %%S in (0 1 2 3) do if "%CODE%"=="%%S" set "TOLD=1"' in LINES
    assert any(line.startswith("if not defined TOLD echo 程序中断了（代码 %CODE%）") for line in LINES)


def test_an_environment_that_was_never_finished_is_made_anew() -> None:
    """A window closed while the environment was made leaves a python.exe without pip: installing into it could never succeed."""
    asked = [line for line in LINES if line.startswith('"%OWN%" -c')]
    assert [line.rpartition(" && ")[2] for line in asked] == ["goto work", "goto install"]
    assert "import sys, pip;" in asked[1]
    assert LINES.index(asked[1]) < LINES.index(":find") < LINES.index(":install")
    assert "--clear" in next(line for line in LINES if "-m venv" in line)


def test_a_drive_that_was_mapped_for_a_shared_folder_is_given_back() -> None:
    assert LINES.count("popd") == sum("pushd" in line for line in LINES) == 1


def test_it_asks_for_the_python_and_the_components_that_pyproject_wants() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    assert TEXT.count("sys.version_info < (3, 11)") == 3
    modules = {"chinesecalendar": "chinese_calendar", "python-calamine": "python_calamine", "ruamel.yaml": "ruamel.yaml"}
    wanted = [re.split(r"[<>=~! ]", said)[0] for said in project["dependencies"]]
    for name in wanted:
        assert f"'{modules.get(name, name)}'" in TEXT
