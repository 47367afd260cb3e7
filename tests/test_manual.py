"""The manual and the card are true: every command, message, file, picture and link in them is a real one."""

from __future__ import annotations

import json
import os
import pickle
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import make_pages
import make_pictures
import pytest
from drawn import ROOT
from filelock import FileLock
from openpyxl import load_workbook
from story import Story, Workplace, tell
from window import window

from appraisal.mail import settings
from appraisal.notation import parse_period
from appraisal.policy.load import schema
from appraisal.problems import FAULTS
from appraisal.render.expressions import _FILTERS
from appraisal.render.forms import FORMS
from appraisal.render.slips import SLIP, SLIP_WORDS
from appraisal.standard import ALWAYS, KINDS
from process import main

DOCS = ROOT / "docs"
MANUAL, CARD = ((DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("使用手册", "速查"))
BOTH = f"{MANUAL}\n{CARD}"
FENCES: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", BOTH, re.MULTILINE | re.DOTALL)
README: list[str] = re.findall(r"^```\n(2021年.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PLAIN = re.sub(r"^```.*?^```$", "", BOTH, flags=re.MULTILINE | re.DOTALL)
CODE = sorted(set(re.findall(r"`([^`\n]+)`", PLAIN)))
PROGRAM = ".venv\\Scripts\\activate"
START = "python process.py "
TYPED = sorted({line for _, text in FENCES for line in text.splitlines() if line.startswith(START)} | {code for code in CODE if code.startswith(START)})
QUOTED = sorted(set(re.findall(r"「(.+?)」", PLAIN)))
SHOWN = [line for kind, text in FENCES if not kind for line in text.splitlines() if not line.startswith((START, PROGRAM, "pip "))]
SHOWN += [line for text in README for line in text.splitlines()]
NO_FILE = {".eml", ".et", ".ods", ".csv", ".xls", ".xlsx"}
"""Endings that are spoken of, not files."""
OF_THE_CLERK = {"通讯录.xlsx", "mail.yaml", "sent.sqlite", "wheels", ".venv", "备份"}
"""Files that people make, or that only sending and installing make."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Told once, however many processes share the tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    record = shared / "story.pickle"
    with FileLock(shared / "story.lock"):
        if not record.is_file():
            record.write_bytes(pickle.dumps(tell(shared / "story")))
        told: Story = pickle.loads(record.read_bytes())
    return told


@cache
def sources() -> str:
    """Every text the program can say, as it stands in the source, and 运行.bat."""
    files = [ROOT / "process.py", *sorted((ROOT / "appraisal").rglob("*.py"))]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return re.sub(r'"\n\s*f?"', "", "\n".join([*texts, (ROOT / "运行.bat").read_text(encoding="gbk")]))


def written(story: Story) -> Iterator[Path]:
    """Everything in the story's workplaces."""
    return (path for place in story.chapters.values() for path in place.folder.rglob("*"))


# ---- commands ----------------------------------------------------------------------------------------------------------


def test_there_is_much_to_test() -> None:
    assert len(TYPED) > 15
    assert len(QUOTED) > 30
    assert len(SHOWN) > 40
    assert len(CODE) > 50
    assert len(README) == 1


@pytest.mark.parametrize("line", TYPED)
def test_every_command_is_one_the_program_takes(line: str) -> None:
    """Options and arguments are parsed as on the command line; help is a command too."""
    words = shlex.split(line.removeprefix(START), posix=False)
    if words[-1] == "-h":
        assert words[0] in main.commands
        return
    group = main.make_context("process.py", words)
    name, command, rest = main.resolve_command(group, [*group._protected_args, *group.args])
    assert command is not None
    told = command.make_context(name, rest, parent=group).params
    if said := told.get("period"):
        assert parse_period(said) is not None


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_manual_and_on_the_card(name: str) -> None:
    for page in (MANUAL, CARD):
        assert re.search(rf"process\.py (--\S+ )*(D:\S+ )?{name}\b", page), name


def test_every_option_spoken_of_exists() -> None:
    known = {option for command in (main, *main.commands.values()) for parameter in command.params for option in parameter.opts}
    spoken = {code.split()[0] for code in CODE if code.startswith("--")}
    assert spoken
    assert spoken <= known


# ---- what it says ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", SHOWN)
def test_every_line_shown_was_said(line: str, story: Story) -> None:
    """An ellipsis at the end of a line stands for its rest, alone for further lines."""
    start = line.rstrip("…")
    said = story.text + written_reasons(story)
    assert start in said or start in sources(), line


@cache
def _reasons(folder: Path) -> str:
    book = load_workbook(folder / "考核台账.xlsx", read_only=True)
    return "\n".join(str(value) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for value in row if value is not None)


def written_reasons(story: Story) -> str:
    """What the ledger of the contested quarter says."""
    return _reasons(story["contested"].output / "2021Q4")


@pytest.mark.parametrize("message", QUOTED)
def test_every_message_quoted_is_one_of_the_program(message: str, story: Story) -> None:
    for piece in message.split("…"):
        assert piece in story.text or piece.rstrip("。") in sources(), piece


def test_nothing_in_the_story_went_otherwise(story: Story) -> None:
    """The exit status of the runs the manual tells of, in their order."""
    codes = {name: [said.exit_code for said in place.said if said.command.startswith("run 2")] for name, place in story.chapters.items()}
    assert codes["first"] == [0, 1]
    assert codes["faulty"] == [1, 0, 0]
    assert codes["contested"] == [3, 1, 0]
    assert codes["scored"] == [3, 0]
    assert codes["year"] == [0] * 7


def test_the_settings_for_mail_are_understood(tmp_path: Path) -> None:
    (text,) = (text for kind, text in FENCES if kind == "yaml")
    (tmp_path / "mail.yaml").write_text(text, encoding="utf-8")
    assert settings(tmp_path, {}, "typed").domains == ("example.gov.cn",)


def test_every_problem_code_exists() -> None:
    codes = {code for code in CODE if re.fullmatch(r"[a-z]+(-[a-z]+)+", code)} - {"jining-commerce", "development-reform"}
    assert codes
    assert codes <= FAULTS.keys()


# ---- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [code for code in CODE if re.search(r"\.(xlsx|html|txt|json|yaml|sqlite|py|bat)$", code) and " " not in code])
def test_every_file_named_is_written_or_part_of_the_program(name: str, story: Story) -> None:
    if name in NO_FILE | OF_THE_CLERK:
        return
    assert any(path.name == name for path in written(story)) or (ROOT / name).exists() or (DOCS / name).exists()


@pytest.mark.parametrize("name", ["input", "output", "templates", "分单位", "反馈单", "退回", "每月考核备案表", "2021Q4\\检查", "2021Q4\\邮件", "output\\2021"])
def test_every_folder_named_is_written(name: str, story: Story) -> None:
    assert f"`{name}`" in BOTH
    parts = tuple(name.split("\\"))
    assert any(path.is_dir() and path.parts[-len(parts) :] == parts for path in written(story)) or (ROOT / name).is_dir()


def test_every_file_of_a_run_is_in_the_manual(story: Story) -> None:
    for folder in (story["first"].output / "2021Q4", story["scored"].output / "2020Q2", story["faulty"].folder / "draft", story["year"].output / "2021"):
        for path in folder.iterdir():
            assert f"`{path.name}`" in MANUAL or path.name in ("检查", "邮件"), path


# ---- links and pictures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["docs/使用手册.md", "docs/速查.md", "README.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    headings = {make_pages.slug(words) for words in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for link in links:
        file, _, place = link.partition("#")
        if file:
            assert (ROOT / page).parent.joinpath(file).exists(), link
        else:
            assert place in headings, link


def test_every_picture_is_small_and_used_and_can_be_drawn_again(story: Story) -> None:
    pictures = {path.stem: path for path in (DOCS / "images").iterdir()}
    assert pictures.keys() == make_pictures.pictures(story).keys()
    for name, path in pictures.items():
        assert path.read_bytes().startswith(b"\x89PNG"), name
        assert path.stat().st_size < make_pictures.MOST_BYTES, name
        assert f"](images/{name}.png)" in MANUAL, name


def test_what_the_pictures_show_is_still_there(story: Story) -> None:
    for name, picture in make_pictures.pictures(story).items():
        match picture:
            case make_pictures.Shown(workbook, tab, part, opened):
                html = window(workbook, tab, part, opened).html
                assert "<td" in html, name
                assert not opened or "class='note'" in html or "class='list'" in html, name
            case make_pictures.Printed(workbook):
                assert workbook.is_file(), name
            case make_pictures.Opened(page):
                assert page.is_file(), name


# ---- pages for the browser ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", make_pages.PAGES)
def test_the_pages_are_up_to_date(name: str) -> None:
    """`python tools/make_pages.py` writes them anew."""
    assert (DOCS / f"{name}.html").read_text(encoding="utf-8") == make_pages.page(name)


def test_the_pages_hold_every_word_of_their_sources() -> None:
    page = re.sub(r"<style>.*?</style>|<[^>]+>|\s", "", make_pages.page("使用手册"), flags=re.DOTALL)
    for line in MANUAL.splitlines():
        for words in re.findall(r"[\u4e00-\u9fff]{4,}", re.sub(r"!\[.*?\]\(.*?\)|\(.*?\)", "", line)):
            assert words in page, words


@pytest.mark.skipif(not (shutil.which("chromium") and shutil.which("pdfinfo")), reason="needs chromium and pdfinfo")
def test_the_card_prints_on_one_sheet(tmp_path: Path) -> None:
    pdf = tmp_path / "card.pdf"
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path / 'browser'}")
    subprocess.run(["chromium", *quiet, f"--print-to-pdf={pdf}", (DOCS / "速查.html").as_uri()], check=True, capture_output=True)
    said = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Pages:\s+1\b", said)
    assert re.search(r"59[45][.0-9]* x 84[12][.0-9]* pts \(A4\)", said)


def test_click_is_asked_as_a_user_would() -> None:
    """A misspelt option or command would be seen by the test of commands."""
    with pytest.raises(click.UsageError):
        test_every_command_is_one_the_program_takes(f"{START}mail 2021Q4 --sent")
    with pytest.raises(click.UsageError):
        test_every_command_is_one_the_program_takes(f"{START}chek 2021Q4")


# ---- the pages about rules and forms -----------------------------------------------------------------------------------


def _known(node: object) -> Iterator[str]:
    """Every key and every choice of a JSON schema."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        yield from (str(choice) for choice in (*node.get("enum", ()), *([node["const"]] if "const" in node else ())))
        for part in node.values():
            yield from _known(part)
    elif isinstance(node, list):
        for part in node:
            yield from _known(part)


def test_the_page_about_rules_names_every_key_and_no_other() -> None:
    known = set(_known(json.loads(schema())))
    page = (DOCS / "writing-rules.md").read_text(encoding="utf-8")
    spoken = {word for code in re.findall(r"`([^`\n]+)`", page) for word in re.findall(r"[a-z][a-z0-9_-]+", code)}
    about_files = {"python", "process", "py", "check", "rules", "yaml", "examples", "jining-commerce", "development-reform", "true", "false"}
    assert {word for word in known if word.isascii()} <= spoken
    assert spoken - known <= about_files | {"yaml-language-server", "schema"}
    assert all(sheet in page for sheet in (*ALWAYS, *KINDS))


def test_the_page_about_forms_names_every_name_and_no_other() -> None:
    page = (DOCS / "drawing-forms.md").read_text(encoding="utf-8")
    forms = {**FORMS, SLIP: SLIP_WORDS}
    for name, (names, members) in forms.items():
        (table,) = re.findall(rf"^`{re.escape(name)}`.*\n\n((?:\|.*\n)+)", page, re.MULTILINE)
        rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()[2:]]
        assert {word for row in rows for word in re.findall(r"`(\w+)`", row[0])} == set(names), name
        said = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in rows if "each has" in row[1]}
        assert said == {key: set(words) for key, words in members.items() if key in said}, name
        assert members.keys() - said.keys() <= {"sum"}, name


def test_the_page_about_forms_names_every_filter() -> None:
    page = (DOCS / "drawing-forms.md").read_text(encoding="utf-8")
    (filters,) = re.findall(r"these filters:\n`([a-z ]+)`", page)
    assert set(filters.split()) == set(_FILTERS)


def test_a_template_with_an_unknown_name_is_reported_as_the_page_says(tmp_path: Path, story: Story) -> None:
    place = shutil.copytree(story["year"].folder, tmp_path / "place")
    shutil.copytree(ROOT / "templates", place / "templates")
    form = load_workbook(place / "templates" / "备案表.xlsx")
    form.worksheets[0]["D7"] = "{{ sum.god }}"
    form.save(place / "templates" / "备案表.xlsx")
    said = Workplace(place).call("check", "2021Q4")
    assert said.exit_code == 2
    assert said.text.splitlines()[0] in (DOCS / "drawing-forms.md").read_text(encoding="utf-8")
