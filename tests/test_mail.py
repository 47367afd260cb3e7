"""The post: who gets what, drafts that every mail program opens, and sending against a real server over TLS: nothing twice, nothing astray."""

from __future__ import annotations

import base64
import email
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.header import decode_header, make_header
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click import Option
from click.testing import CliRunner
from drawn import QUARTER, ROOT, Outcome, Workplace, attendance, files_below, xlsx
from msgspec.structs import replace
from openpyxl import load_workbook
from post_office import DOMAIN, Box, certificate_in, parsed, serving

from appraisal import mail
from appraisal.mail.addresses import fault_of
from appraisal.mail.letter import sha256
from appraisal.mail.letters import FORMS
from appraisal.mail.message import file_name, message
from appraisal.model import Cell, Person
from appraisal.problems import Problem
from appraisal.read import read_book

BOOK = """
通讯录
对象            类别      收件人                     抄送
市委组织部      上级主管  zzb@example.gov.cn         banan@example.gov.cn；er@example.gov.cn
机关            呈报单位  jiguan@example.gov.cn      _
乐清分中心      呈报单位  yueqing@example.gov.cn     _
机关办公室      科室      bangong@example.gov.cn     _
财务科          科室      caiwu@example.gov.cn       _
乐清分中心办公室  科室    yqbg@example.gov.cn        _
李四            个人      lisi@example.gov.cn        _
"""
OFFICE, FINANCE, BRANCH = ("机关", "办公室"), ("机关", "财务科"), ("乐清分中心", "办公室")


def person(index: int, name: str, place: tuple[str, str], address: str = "") -> Person:
    return Person(index, name, place[1], place[0], Cell("人员名册.xlsx", "Sheet1", index + 3, 1), mail=address)


PEOPLE = (person(0, "张三", OFFICE), person(1, "李四", FINANCE), person(2, "王五", BRANCH))
REMINDERS = {OFFICE: "　　请报 10 月出勤。\n", FINANCE: "　　请报 11 月出勤。\n"}


def filing(*units: str) -> bytes:
    tabs = [f"== 表{number}\n公务员平时考核结果备案表\n呈报单位 | {unit}\\n\\n（盖　章） | 备注 | 无" for number, unit in enumerate(units)]
    return xlsx("\n".join(tabs))


def names(*units: str) -> bytes:
    return xlsx("\n".join(f"== 表{number}\n名单表\n呈报单位（盖章）：{unit} | 年　　月　　日" for number, unit in enumerate(units)))


def slips(department: str, *people: str) -> bytes:
    return xlsx("\n".join(f"== {name}\n反馈单\n姓　　名 | {name} | 科　　室 | {department}" for name in people))


def returned(file: str) -> bytes:
    return xlsx(f"== 退回说明\n退回说明：“{file}”有 2 处错误\n请改正")


class Post:
    """An output folder as a run leaves it, an address book, and everything `mail` does with them."""

    def __init__(self, folder: Path, state: str = "final") -> None:
        self.folder, self.state, self.period = folder, state, "2021Q4"
        self.book = xlsx(BOOK)
        self.facts = mail.Facts("市中心", PEOPLE, "2021年第4季度", REMINDERS, {"10月/财务科.xlsx": FINANCE})
        self.files: dict[str, bytes] = {
            "备案表.xlsx": filing("市中心", "机关", "乐清分中心"),
            "名单表.xlsx": names("市中心", "机关", "乐清分中心"),
            "分单位/机关/备案表.xlsx": filing("机关"),
            "分单位/机关/名单表.xlsx": names("机关"),
            "分单位/乐清分中心/备案表.xlsx": filing("乐清分中心"),
            "分单位/乐清分中心/名单表.xlsx": names("乐清分中心"),
            "退回/10月_财务科.xlsx": returned("10月/财务科.xlsx"),
            "反馈单/机关/办公室.xlsx": slips("办公室", "张三"),
            "反馈单/机关/财务科.xlsx": slips("财务科", "李四"),
            "反馈单/乐清分中心/办公室.xlsx": slips("办公室", "王五"),
        }
        self.write()

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def write(self) -> None:
        """What a run writes."""
        place = self.output / self.period
        shutil.rmtree(place, ignore_errors=True)
        for name, data in self.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
        about = {
            "period": self.period,
            "state": self.state,
            "rules": "r",
            "inputs": {"a.xlsx": "1"},
            "outputs": {name: sha256(data) for name, data in self.files.items()},
        }
        (place / "run.json").write_text(json.dumps(about), encoding="utf-8")

    def left(self) -> mail.Left:
        return mail.left(self.output, self.period)

    def letters(self, domains: Sequence[str] = (DOMAIN,)) -> tuple[tuple[mail.Letter, ...], tuple[Problem, ...]]:
        book, faults = mail.recipients(self.book, "通讯录.xlsx", read_book, domains)
        made, problems = mail.letters(self.left(), book, self.facts, mail.Wording(ROOT / "templates"), read_book)
        return made, (*faults, *problems)

    def send(self, chosen: mail.Settings, approved: bytes | None = None, **more: Any) -> mail.Sent:
        made, problems = self.letters(chosen.domains)
        record = mail.drafts(made)[mail.APPROVAL] if approved is None else approved
        check = partial(mail.recheck, found=self.left(), read=read_book)
        with mail.journal(self.folder / mail.JOURNAL) as journal:
            return mail.send(made, chosen, journal, approved=record, problems=problems, check=check, **more)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


def told(made: Sequence[mail.Letter]) -> dict[str, tuple[str, list[str]]]:
    """Kind and receiver → the first address and the attached files."""
    return {f"{letter.kind} {letter.about}": (letter.recipient.to[0], [one.name for one in letter.attachments]) for letter in made}


def codes(problems: Sequence[Problem]) -> list[str]:
    return [problem.code for problem in problems]


# ---- who gets what -----------------------------------------------------------------------------------------------------
def test_every_receiver_gets_exactly_what_is_theirs(post: Post) -> None:
    made, problems = post.letters()
    assert not problems
    assert told(made) == {
        "备案 市委组织部": ("zzb@example.gov.cn", ["2021年第4季度_备案表.xlsx", "2021年第4季度_名单表.xlsx"]),
        "结果 机关": ("jiguan@example.gov.cn", ["2021年第4季度_机关_备案表.xlsx", "2021年第4季度_机关_名单表.xlsx"]),
        "结果 乐清分中心": ("yueqing@example.gov.cn", ["2021年第4季度_乐清分中心_备案表.xlsx", "2021年第4季度_乐清分中心_名单表.xlsx"]),
        "催报 机关 办公室": ("bangong@example.gov.cn", []),
        "退回 机关 财务科": ("caiwu@example.gov.cn", ["10月_财务科.xlsx"]),
        "反馈 机关 办公室": ("bangong@example.gov.cn", ["反馈单_办公室.xlsx"]),
        "反馈 机关 财务科": ("caiwu@example.gov.cn", ["反馈单_财务科.xlsx"]),
        "反馈 乐清分中心 办公室": ("yqbg@example.gov.cn", ["反馈单_办公室.xlsx"]),
    }
    assert made[0].recipient.copies == ("banan@example.gov.cn", "er@example.gov.cn")
    assert "请报 11 月出勤" in next(letter.body for letter in made if letter.kind is mail.Kind.RETURNED)


def test_a_person_with_an_address_gets_their_own_slip_and_the_department_is_spared_it(post: Post) -> None:
    post.facts = replace(post.facts, slip=lambda who: slips(who.department, who.name))
    made, _ = post.letters()
    assert told(made)["反馈 机关 财务科 李四"] == ("lisi@example.gov.cn", ["反馈单（李四）.xlsx"])
    assert "反馈 机关 财务科" not in told(made)


def test_letters_call_everybody_as_the_roster_does_whatever_the_address_book_writes(post: Post) -> None:
    """工号 for a name, half-width brackets for full-width ones: what finds somebody is not what they are called."""
    place = "机关", "办公室（人事处）"
    post.facts = replace(
        post.facts,
        people=(replace(PEOPLE[0], department=place[1]), replace(PEOPLE[1], staff_no="A007"), PEOPLE[2]),
        reminders={place: REMINDERS[OFFICE]},
        slip=lambda who: slips(who.department, who.name),
    )
    post.files["反馈单/机关/办公室.xlsx"] = slips(place[1], "张三")
    post.write()
    post.book = xlsx(BOOK.replace("机关办公室 ", "机关办公室(人事处) ").replace("李四 ", "A００７ ").replace("市委组织部 ", "市委组织部（公务员处）\u200b "))
    made, problems = post.letters()
    assert not problems
    subjects = {f"{letter.kind} {letter.about}": letter.subject for letter in made}
    assert subjects["反馈 机关 办公室（人事处）"] == "2021年第4季度平时考核结果反馈（机关 办公室（人事处））"
    assert subjects["催报 机关 办公室（人事处）"].endswith("（机关 办公室（人事处））")
    assert subjects["反馈 机关 财务科 李四A007"] == "2021年第4季度平时考核结果反馈（李四）"
    assert next(letter.body for letter in made if letter.kind is mail.Kind.FILING).startswith("市委组织部（公务员处）：\n")


@pytest.mark.parametrize("state", ["draft", "awaiting"])
def test_of_a_period_that_is_not_final_only_returned_sheets_and_reminders_go_out(tmp_path: Path, state: str) -> None:
    made, problems = Post(tmp_path, state).letters()
    assert {letter.kind for letter in made} == {mail.Kind.RETURNED, mail.Kind.REMINDER}
    assert codes(problems) == ["mail-not-final"]


def test_a_department_without_address_is_named_and_the_others_get_theirs(post: Post) -> None:
    post.book = xlsx("\n".join(line for line in BOOK.splitlines() if not line.startswith("机关办公室")))
    made, problems = post.letters()
    assert "【错误】通讯录里没有科室“机关 办公室”的收件人，催报、反馈邮件没有生成。请在通讯录里补上。" in map(str, problems)
    assert "退回 机关 财务科" in told(made)


def test_a_renamed_department_is_not_guessed(post: Post) -> None:
    post.book = xlsx(BOOK.replace("财务科 ", "计财科 "))
    _, problems = post.letters()
    assert {"mail-unknown-object", "mail-no-address"} <= set(codes(problems))


def test_a_department_name_that_two_units_have_is_not_guessed(post: Post) -> None:
    post.book = xlsx(BOOK.replace("机关办公室", "办公室    "))
    _, problems = post.letters()
    assert "mail-ambiguous" in codes(problems)


def test_somebody_deliberately_not_written_to_is_no_problem(post: Post) -> None:
    post.book = xlsx(BOOK.replace("jiguan@example.gov.cn ", "不发                  "))
    made, problems = post.letters()
    assert not problems
    assert "结果 机关" not in told(made)


def test_a_person_whose_address_differs_from_the_roster_is_refused(post: Post) -> None:
    post.facts = replace(post.facts, people=(*PEOPLE[:1], person(1, "李四", FINANCE, "li4@example.gov.cn"), *PEOPLE[2:]))
    assert "mail-other-address" in codes(post.letters()[1])


def test_the_same_receiver_on_two_lines_is_refused(post: Post) -> None:
    post.book = xlsx(f"{BOOK}\n财务科  科室  other@example.gov.cn  _")
    assert "mail-twice" in codes(post.letters()[1])


def test_without_an_address_book_it_says_which_columns_are_wanted(tmp_path: Path) -> None:
    with pytest.raises(mail.MailError, match=r"对象、类别.*收件人、抄送"):
        mail.address_book(tmp_path)


def test_a_period_never_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(mail.MailError, match="请先运行 run 2021Q4"):
        mail.left(tmp_path, "2021Q4")


def test_input_changed_since_the_run_is_said(post: Post) -> None:
    assert mail.stale(post.left(), {"a.xlsx": "1"}, "r") == ""
    assert "a.xlsx" in mail.stale(post.left(), {"a.xlsx": "2"}, "r")
    assert "rules.yaml" in mail.stale(post.left(), {"a.xlsx": "1"}, "s")


# ---- files that are not what they seem ---------------------------------------------------------------------------------
def test_a_file_changed_after_the_run_is_not_attached(post: Post) -> None:
    (post.output / "2021Q4" / "备案表.xlsx").write_bytes(filing("市中心"))
    made, problems = post.letters()
    assert "【错误】“备案表.xlsx”在运行之后被改动过，没有附上，相关邮件没有生成。请重新运行 run，不要手工改动 output 里的文件。" in map(str, problems)
    assert not [letter for letter in made if letter.kind is mail.Kind.FILING]


def test_the_form_itself_says_whose_it_is_not_its_folder(post: Post) -> None:
    one, other = "分单位/机关", "分单位/乐清分中心"
    for form in ("备案表.xlsx", "名单表.xlsx"):
        post.files[f"{one}/{form}"], post.files[f"{other}/{form}"] = post.files[f"{other}/{form}"], post.files[f"{one}/{form}"]
    post.write()
    made, _ = post.letters()
    letter = next(letter for letter in made if letter.about == "机关")
    assert letter.attachments[0].data == filing("机关")


def test_a_name_list_of_another_unit_beside_the_right_form_is_refused(post: Post) -> None:
    post.files["分单位/机关/名单表.xlsx"] = names("乐清分中心")
    post.write()
    made, problems = post.letters()
    assert codes(problems) == ["mail-other-unit"]
    assert "结果 机关" not in told(made)


def test_slips_that_stand_in_another_departments_place_go_to_nobody_else(post: Post) -> None:
    """The workbook says its department itself; where two units have one of that name, its people say whose it is."""
    office, finance, branch = "反馈单/机关/办公室.xlsx", "反馈单/机关/财务科.xlsx", "反馈单/乐清分中心/办公室.xlsx"
    post.files |= {office: post.files[finance], finance: post.files[branch], branch: post.files[office]}
    post.write()
    made, problems = post.letters()
    sent = {letter.about: letter.attachments[0].data for letter in made if letter.kind is mail.Kind.SLIPS}
    assert sent == {"机关 财务科": slips("财务科", "李四")}
    assert codes(problems) == ["mail-no-owner", "mail-no-owner"]


def test_a_returned_file_of_nobody_is_named(post: Post) -> None:
    post.files["退回/谁的.xlsx"] = returned("谁的.xlsx")
    post.write()
    assert codes(post.letters()[1]) == ["mail-no-owner"]


# ---- addresses ---------------------------------------------------------------------------------------------------------
BAD = [
    '"a@example.gov.cn" <evil@evil.cn>',
    "a@example.gov.cn\r\nBcc: evil@evil.cn",
    "a@example.gov.cn\nbcc",
    "a@example.gov.cn\u2028x",
    "张三@example.gov.cn",
    "a@例子.中国",
    "ａ＠example.gov.cn",
    "a@@example.gov.cn",
    "a b@example.gov.cn",
    "a@localhost",
    "a@example..cn",
    ".a@example.gov.cn",
    "(x)a@example.gov.cn",
    "a@[127.0.0.1]",
    "",
]


@pytest.mark.parametrize("address", BAD)
def test_anything_but_one_plain_address_is_refused(address: str) -> None:
    assert fault_of(address)


@pytest.mark.parametrize("address", [*BAD[:9], "evil@evil.cn", "a@example.gov.cn, evil@evil.cn", "a@xexample.gov.cn", "a@example.gov.cn.evil.cn"])
def test_one_wrong_address_and_no_mail_at_all_is_made_to_go(post: Post, address: str) -> None:
    tabs = BOOK.replace("caiwu@example.gov.cn ", "★ ")
    book = xlsx(tabs.replace("★", address.replace("\n", "\\n").replace("\r", "")) if "\u2028" not in address else tabs.replace("★", "a@example.gov.cn\\nx"))
    post.book = book
    with pytest.raises(mail.MailRefusedError, match="一封也没有发"):
        post.send(mail.Settings("127.0.0.1", 1, "renshi@example.gov.cn", (DOMAIN,)))


def test_semicolons_of_both_kinds_and_commas_separate_addresses(post: Post) -> None:
    post.book = xlsx(BOOK.replace("caiwu@example.gov.cn ", "a@example.gov.cn；b@example.gov.cn; c@example.gov.cn，d@example.gov.cn； "))
    made, problems = post.letters()
    assert not problems
    letter = next(letter for letter in made if letter.kind is mail.Kind.RETURNED)
    assert letter.recipient.to == tuple(f"{name}@example.gov.cn" for name in "abcd")


def test_a_line_break_in_a_subject_makes_no_second_header(post: Post) -> None:
    for text in ("a\r\nBcc: evil@evil.cn", "a\nBcc: evil@evil.cn"):
        with pytest.raises(ValueError, match="linefeed"):
            message(replace(post.letters()[0][0], subject=text))


# ---- drafts ------------------------------------------------------------------------------------------------------------
def test_a_draft_opens_as_a_draft_with_its_chinese_names_in_both_notations(post: Post) -> None:
    files = mail.drafts(post.letters()[0])
    data = files["001_备案_市委组织部.eml"]
    draft = parsed(data)
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) < 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert draft["X-Unsent"] == "1"
    assert draft["Subject"] == "市中心关于报送2021年第4季度公务员平时考核结果的函"
    assert draft["To"] == "zzb@example.gov.cn"
    assert [part.get_filename() for part in draft.iter_attachments()] == ["2021年第4季度_备案表.xlsx", "2021年第4季度_名单表.xlsx"]
    assert [part.get_content() for part in draft.iter_attachments()] == [post.files["备案表.xlsx"], post.files["名单表.xlsx"]]
    old = email.message_from_bytes(data)
    name = old.get_payload()[1].get_param("name")  # type: ignore[index, union-attr]
    assert str(make_header(decode_header(str(name)))) == "2021年第4季度_备案表.xlsx"
    assert b"filename*=utf-8''2021%E5%B9%B4" in data
    body = draft.get_body()
    assert body is not None
    assert body.get_content().startswith("市委组织部：")


def test_the_same_letters_are_the_same_bytes(post: Post) -> None:
    assert mail.drafts(post.letters()[0]) == mail.drafts(post.letters()[0])


def test_the_list_says_receiver_address_and_files(post: Post) -> None:
    lines = list(mail.listing(post.letters()[0]))
    assert lines[0] == "【备案】市委组织部 → zzb@example.gov.cn，抄送 banan@example.gov.cn；er@example.gov.cn"
    assert any(line.startswith("    附件：2021年第4季度_备案表.xlsx（") and sha256(post.files["备案表.xlsx"])[:8] in line for line in lines)


ODD = "=HYPERLINK(1)<b>{{ 7*7 }}\r\nBcc: evil@evil.cn\u2028{% x %}"


def test_names_with_line_breaks_equals_signs_and_braces_come_out_as_that_text(post: Post) -> None:
    post.facts = replace(post.facts, organisation=ODD, period=ODD, reminders={OFFICE: f"{ODD}\n"})
    post.state = "draft"
    post.write()
    made, _ = post.letters()
    letter = next(letter for letter in made if letter.kind is mail.Kind.REMINDER)
    draft = parsed(mail.drafts([letter])["001_催报_机关 办公室.eml"])
    assert draft["Bcc"] is None
    assert "=HYPERLINK(1)<b>{{ 7*7 }}  Bcc: evil@evil.cn\\u2028{% x %}" in str(draft["Subject"])
    assert "{{ 7*7 }}" in draft.get_content()
    assert "49" not in draft.get_content()


@pytest.mark.parametrize("name", ["a\r\nBcc: x.xlsx", 'a";b.xlsx', "../../a.xlsx", "长" * 200 + ".xlsx", "\u2028.xlsx", " . "])
def test_a_file_name_cannot_break_out_of_its_header(post: Post, name: str) -> None:
    letter = replace(post.letters()[0][0], attachments=(mail.Attachment.of(name, b"x"),))
    draft = parsed(message(letter).as_bytes())
    part = next(iter(draft.iter_attachments()))
    assert part.get_filename() == file_name(name)
    assert draft["Bcc"] is None
    assert part.get_content() == b"x"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("主题：{{ perod }}\n", "“perod”不认识，是不是“period”？"),
        ("没有主题\n", "第一行应当是“主题：…”"),
        ("主题：x\n{% if %}", "第 2 行"),
        ("主题：x\n{{ 'x' * 10 }}", "不能用 \\*"),
        ("主题：x\n{{ ''.__class__.__mro__ }}", "写得不对"),
    ],
)
def test_a_broken_template_is_named_with_what_is_wrong(post: Post, tmp_path: Path, text: str, says: str) -> None:
    shutil.copytree(ROOT / "templates" / "mail", tmp_path / "own" / "mail")
    (tmp_path / "own" / "mail" / "备案.j2").write_text(text, encoding="utf-8")
    book, _ = mail.recipients(post.book, "通讯录.xlsx", read_book)
    with pytest.raises(mail.MailTemplateError, match=f"备案.j2.*{says}"):
        mail.letters(post.left(), book, post.facts, mail.Wording(tmp_path / "own"), read_book)


# ---- settings ----------------------------------------------------------------------------------------------------------
GOOD = "host: smtp.example.gov.cn\nfrom: renshi@example.gov.cn\ndomains: [example.gov.cn]\n"


def test_settings_come_from_mail_yaml_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "mail.yaml").write_text(GOOD, encoding="utf-8")
    chosen = mail.settings(tmp_path, {"APPRAISAL_SMTP_HOST": "other", "APPRAISAL_SMTP_TLS": "implicit", "APPRAISAL_SMTP_USER": "u", mail.PASSWORD: "secret"})
    assert (chosen.host, chosen.port, chosen.tls, chosen.password) == ("other", 465, "implicit", "secret")
    assert "secret" not in repr(chosen)


@pytest.mark.parametrize(
    ("more", "environment", "says"),
    [
        ("password: x\n", {}, "不能写密码"),
        ("密码: x\n", {}, "不能写密码"),
        ("hots: x\n", {}, "“hots”不认识，是不是“host”"),
        ("tls: none\n", {}, "只能是 starttls 或 implicit"),
        ("port: 99999\n", {}, "1 到 65535"),
        ("user: u\n", {}, "没有密码"),
        ("", {"APPRAISAL_SMTP_FROM": "人事科 <a@b.cn>"}, "发信地址"),
        ("host: twice\n", {}, "写法有误"),
    ],
)
def test_wrong_settings_are_said_in_chinese(tmp_path: Path, more: str, environment: Mapping[str, str], says: str) -> None:
    (tmp_path / "mail.yaml").write_text(GOOD + more, encoding="utf-8")
    with pytest.raises(mail.SettingsError, match=says):
        mail.settings(tmp_path, environment)


def test_without_allowed_domains_nothing_is_sent(tmp_path: Path) -> None:
    (tmp_path / "mail.yaml").write_text(GOOD.replace("domains: [example.gov.cn]\n", ""), encoding="utf-8")
    with pytest.raises(mail.SettingsError, match="domains"):
        mail.settings(tmp_path, {})


# ---- a real server, over TLS -------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["starttls"])
def box(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[Box]:
    """The server; `indirect` with "implicit" for TLS from the first byte."""
    with serving(certificate, request.param) as made:
        yield made


def noting(asked: list[tuple[str, mail.Standing]]) -> Callable[[mail.Letter, mail.Standing], bool]:
    """Somebody who is asked and says no."""

    def confirm(letter: mail.Letter, standing: mail.Standing) -> bool:
        asked.append((letter.about, standing))
        return False

    return confirm


@pytest.mark.parametrize("box", ["starttls", "implicit"], indirect=True)
def test_everything_arrives_once_and_a_second_call_sends_nothing(post: Post, box: Box) -> None:
    seen: list[int] = []
    first = post.send(box.settings, progress=lambda _, number, __: seen.append(number))
    assert first.complete
    assert seen == list(range(1, 9))
    assert len(set(box.ids)) == len(box.mails) == 8
    assert box.receivers[0] == ["zzb@example.gov.cn", "banan@example.gov.cn", "er@example.gov.cn"]
    assert box.mails[0]["X-Unsent"] is None
    assert box.mails[0]["Date"]
    assert [part.get_content() for part in box.mails[1].iter_attachments()] == [filing("机关"), names("机关")]
    second = post.send(box.settings)
    assert second.complete
    assert {one.outcome for one in second.posted} == {mail.Outcome.ALREADY}
    assert len(box.mails) == 8


def test_a_server_with_a_certificate_nobody_vouches_for_gets_nothing(post: Post, box: Box) -> None:
    with pytest.raises(mail.ServerError, match=r"证书不可信.*一封也没有发"):
        post.send(replace(box.settings, cafile=""))
    assert box.mails == []


def test_a_server_that_is_not_there_is_said(post: Post, box: Box) -> None:
    with pytest.raises(mail.ServerError, match=r"连不上发信服务器.*一封也没有发"):
        post.send(replace(box.settings, port=1))


LOGIN = ("renshi", "Geheim-9-Zaun")


pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")  # of aiosmtpd, which does not count implicit TLS


@pytest.fixture(params=["starttls", "implicit"])
def locked_box(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[Box]:
    """A server that takes mail only from who knows LOGIN."""
    with serving(certificate, request.param, LOGIN) as made:
        yield made


def test_who_knows_the_password_may_send_and_nobody_else(post: Post, locked_box: Box) -> None:
    with pytest.raises(mail.ServerError, match=r"不接受用户名或密码（127\.0\.0\.1:\d+），一封也没有发"):
        post.send(replace(locked_box.settings, password="wrong"))
    assert all(one.outcome is mail.Outcome.REFUSED for one in post.send(replace(locked_box.settings, user="")).posted)
    assert locked_box.mails == []
    with mail.journal(post.folder / mail.JOURNAL) as journal:
        assert {journal.standing(letter) for letter in post.letters()[0]} == {mail.Standing.NEW}
    assert post.send(replace(locked_box.settings, password=LOGIN[1])).complete
    assert len(locked_box.mails) == 8
    assert set(locked_box.logins) == {(LOGIN[0], "wrong"), LOGIN}


def test_a_server_that_hangs_up_on_a_wrong_password_is_not_taken_for_a_broken_network(post: Post, locked_box: Box) -> None:
    locked_box.slams = True
    with pytest.raises(mail.ServerError, match=r"登录时中断了连接：请核对用户名和密码.*一封也没有发"):
        post.send(replace(locked_box.settings, password="wrong"))
    assert post.send(replace(locked_box.settings, password=LOGIN[1])).complete


def test_a_password_that_cannot_be_sent_is_said(post: Post, locked_box: Box) -> None:
    with pytest.raises(mail.ServerError, match=r"有服务器不支持的字符.*一封也没有发") as said:
        post.send(replace(locked_box.settings, password="密码"))
    assert "密码" not in str(said.value).replace("用户名或密码", "")
    assert locked_box.mails == []


def test_a_refused_receiver_costs_that_letter_only_and_it_goes_next_time(post: Post, box: Box) -> None:
    box.refuse = {"er@example.gov.cn"}
    first = post.send(box.settings)
    assert [one.outcome for one in first.posted].count(mail.Outcome.REFUSED) == 1
    assert "服务器拒收，答复 550" in str(first.posted[0])
    assert len(box.mails) == 7
    box.refuse = set()
    assert post.send(box.settings).complete
    assert len(set(box.ids)) == len(box.mails) == 8


def test_a_connection_that_dies_leaves_one_letter_in_doubt_and_is_taken_up_again(post: Post, box: Box) -> None:
    box.die = {"yueqing@example.gov.cn"}
    first = post.send(box.settings)
    assert [one.outcome.name for one in first.posted] == ["SENT", "SENT", "DOUBTFUL", *["WAITING"] * 5]
    assert list(first.summary) == [
        "共 8 封：已发出 2 封；发送中断，不知道是否已发出 1 封；还没有发 5 封。",
        "不知道是否已发出的，请先问对方收到没有；确实没有收到的，加 --resend-doubtful 再发一次。",
        "没有发出的，按括号里的原因处理后，再运行一次 mail --send；已发出的不会重发。",
    ]
    box.die = set()
    asked: list[tuple[str, mail.Standing]] = []
    second = post.send(box.settings, confirm=noting(asked))
    assert asked == [("乐清分中心", mail.Standing.DOUBTFUL)]
    assert second.only_asked
    assert list(second.summary) == ["共 8 封：已发出 5 封；以前已发出，没有重发 2 封；等待确认，没有发 1 封。", *list(first.summary)[1:2]]
    assert len(box.mails) == 7
    assert post.send(box.settings, confirm=lambda *_: True).complete
    assert len(set(box.ids)) == len(box.mails) == 8


def test_a_letter_the_server_took_before_it_died_is_not_sent_again_by_itself(post: Post, box: Box) -> None:
    box.die_after = {"jiguan@example.gov.cn"}
    assert post.send(box.settings).posted[1].outcome is mail.Outcome.DOUBTFUL
    box.die_after = set()
    assert post.send(box.settings).only_asked
    assert len(set(box.ids)) == len(box.mails) == 8


def test_changed_attachments_are_a_new_letter_and_asked_about(post: Post, box: Box) -> None:
    post.send(box.settings)
    post.files["分单位/机关/名单表.xlsx"] = names("机关", "机关")
    post.write()
    asked: list[tuple[str, mail.Standing]] = []
    outcome = post.send(box.settings, confirm=noting(asked))
    assert asked == [("机关", mail.Standing.CHANGED)]
    assert outcome.only_asked
    assert list(outcome.summary)[1:] == ["等待确认的，核对附件和地址后，再发一次并逐封回答，或加 --yes 全部发出。"]
    assert post.send(box.settings, confirm=lambda *_: True).complete
    assert len(set(box.ids)) == len(box.mails) == 9


def test_swapped_rows_of_the_address_book_are_noticed_before_and_after_the_list_is_looked_over(post: Post, box: Box) -> None:
    approved = mail.drafts(post.letters()[0])[mail.APPROVAL]
    post.send(box.settings)
    swapped = BOOK.replace("jiguan@", "★@").replace("yueqing@", "jiguan@").replace("★@", "yueqing@")
    post.book = xlsx(swapped)
    with pytest.raises(mail.MailRefusedError, match="核对过的发送清单不一致"):
        post.send(box.settings, approved)
    asked: list[tuple[str, mail.Standing]] = []
    post.send(box.settings, confirm=noting(asked))
    assert asked == [("机关", mail.Standing.CHANGED), ("乐清分中心", mail.Standing.CHANGED)]
    post.period = "2022Q1"
    post.write()
    asked.clear()
    post.send(box.settings, confirm=noting(asked))
    assert asked == [("机关", mail.Standing.MOVED), ("乐清分中心", mail.Standing.MOVED)]
    assert ["yueqing@example.gov.cn"] not in box.receivers[8:]


def test_a_file_changed_between_looking_over_and_sending_stops_everything(post: Post, box: Box) -> None:
    made, problems = post.letters()
    (post.output / "2021Q4" / "分单位/机关/备案表.xlsx").write_bytes(filing("乐清分中心"))
    check = partial(mail.recheck, found=post.left(), read=read_book)
    with mail.journal(post.folder / mail.JOURNAL) as journal, pytest.raises(mail.MailRefusedError, match=r"被改动过.*一封也没有发"):
        mail.send(made, box.settings, journal, approved=mail.drafts(made)[mail.APPROVAL], problems=problems, check=check)
    assert box.mails == []


def test_two_senders_at_once_do_not_send_twice(post: Post) -> None:
    letter = post.letters()[0][0]
    with mail.journal(post.folder / mail.JOURNAL) as one, mail.journal(post.folder / mail.JOURNAL) as other:
        from appraisal.mail.journal import Step

        one.note(letter, Step.ABOUT)
        with pytest.raises(mail.JournalError, match="同时"):
            other.note(letter, Step.ABOUT)


def test_the_journal_can_only_be_added_to(post: Post, box: Box) -> None:
    post.send(box.settings)
    with sqlite3.connect(post.folder / mail.JOURNAL) as journal:
        for words in ("UPDATE event SET state = 'about'", "DELETE FROM event", "INSERT OR REPLACE INTO event SELECT * FROM event"):
            with pytest.raises(sqlite3.IntegrityError, match="只能追加"):
                journal.execute(words)
        assert journal.execute("SELECT count(*) FROM 发送记录 WHERE 结果 = '已发出'").fetchone() == (8,)


def test_a_file_that_is_no_journal_stops_sending(post: Post, box: Box) -> None:
    (post.folder / mail.JOURNAL).write_bytes(b"x" * 5000)
    with pytest.raises(mail.JournalError, match="不能读写"):
        post.send(box.settings)
    assert box.mails == []


# ---- killed in the middle ----------------------------------------------------------------------------------------------
CHILD = """
import json, os, signal, sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from appraisal import mail
from appraisal.mail import sending
from post_office import ten_letters

chosen = mail.Settings(**json.loads(sys.argv[2]))
when = sys.argv[3]
done = 0

def progress(one, number, total):
    if when == "noted" and number == 3:
        os.kill(os.getpid(), signal.SIGKILL)

def transmit(*words):
    global done
    proper(*words)
    done += 1
    if when == "taken" and done == 3:
        os.kill(os.getpid(), signal.SIGKILL)

proper, sending.transmit = sending.transmit, transmit
letters = ten_letters()
with mail.journal(Path(sys.argv[1])) as journal:
    outcome = mail.send(letters, chosen, journal, approved=mail.drafts(letters)[mail.APPROVAL], problems=(), check=lambda letter: "",
                        confirm=lambda letter, standing: when == "yes", progress=progress)
print([one.outcome.name for one in outcome.posted])
"""


def child(folder: Path, chosen: mail.Settings, when: str) -> subprocess.CompletedProcess[str]:
    words = {name: getattr(chosen, name) for name in ("host", "port", "sender", "domains", "tls", "cafile", "timeout")}
    source = textwrap.dedent(CHILD.format(root=str(ROOT), tests=str(ROOT / "tests")))
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", source, str(folder / "sent.sqlite"), json.dumps(words), when], capture_output=True, text=True, encoding="utf-8", env=environment
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_killed_after_the_third_of_ten_letters_and_run_again_ten_arrive_no_two_alike(tmp_path: Path, box: Box) -> None:
    assert child(tmp_path, box.settings, "noted").returncode == -signal.SIGKILL
    assert len(box.mails) == 3
    again = child(tmp_path, box.settings, "")
    assert again.returncode == 0, again.stderr
    assert len(set(box.ids)) == len(box.mails) == 10
    assert {one["To"] for one in box.mails} == {f"k{number}@{DOMAIN}" for number in range(10)}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_killed_between_the_servers_yes_and_the_journal_the_letter_is_asked_about_never_resent_silently(tmp_path: Path, box: Box) -> None:
    assert child(tmp_path, box.settings, "taken").returncode == -signal.SIGKILL
    again = child(tmp_path, box.settings, "")
    assert again.stdout.strip() == str(["ALREADY", "ALREADY", "ASKED", *["SENT"] * 7])
    assert len(set(box.ids)) == len(box.mails) == 10
    assert child(tmp_path, box.settings, "yes").returncode == 0
    assert len(box.mails) == 11
    assert len(set(box.ids)) == 10  # the same Message-ID: the receiver's server can tell


# ---- passwords ---------------------------------------------------------------------------------------------------------
def test_a_password_goes_on_every_workbook_but_the_returned_ones(post: Post) -> None:
    pytest.importorskip("msoffcrypto")
    from appraisal.mail.sealed import opened

    made, _ = post.letters()
    made = (made[1], *(letter for letter in made if letter.kind is mail.Kind.RETURNED))
    locked = mail.sealed(made, "长密码12345678")
    for before, after in zip(made, locked, strict=True):
        assert before.identity == after.identity
        for plain, one in zip(before.attachments, after.attachments, strict=True):
            if before.kind is mail.Kind.RETURNED:
                assert one.data == plain.data
                continue
            assert one.data != plain.data
            assert opened(one.data, "长密码12345678") == plain.data
            with pytest.raises(mail.SealError, match="密码不对"):
                opened(one.data, "别的密码12345678")
            spoiled = bytearray(one.data)
            spoiled[len(spoiled) // 2] ^= 1
            with pytest.raises(mail.SealError):
                assert opened(bytes(spoiled), "长密码12345678") != plain.data


def test_too_small_a_file_and_too_short_a_password_are_refused(post: Post) -> None:
    pytest.importorskip("msoffcrypto")
    letter = replace(post.letters()[0][0], attachments=(mail.Attachment.of("小.xlsx", b"x" * 4_085),))
    with pytest.raises(mail.SealError, match="太小"):
        mail.sealed([letter], "长密码12345678")
    with pytest.raises(mail.SealError, match="太短"):
        mail.sealed([letter], "1234567")


def test_without_the_tool_it_says_what_to_install(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    with pytest.raises(mail.SealError, match="msoffcrypto-tool"):
        mail.sealed(post.letters()[0], "长密码12345678")


def test_what_was_looked_over_with_a_password_does_not_go_without_nor_the_other_way(post: Post, box: Box) -> None:
    pytest.importorskip("msoffcrypto")
    made, _ = post.letters()
    letters = (made[1], *(letter for letter in made if letter.kind in (mail.Kind.RETURNED, mail.Kind.REMINDER)))
    locked = mail.sealed(letters, "长密码12345678")
    assert sum("已加打开密码" in line for line in mail.listing(locked)) == sum(line.startswith("    附件") for line in mail.listing(letters)) - 1
    for made, seen in ((letters, locked), (locked, letters)):
        with mail.journal(post.folder / mail.JOURNAL) as journal, pytest.raises(mail.MailRefusedError, match=r"加密变过.*两次都加 --encrypt"):
            mail.send(made, box.settings, journal, approved=mail.drafts(seen)[mail.APPROVAL], problems=(), check=lambda _: "")
    assert box.mails == []


# ---- with a real run ---------------------------------------------------------------------------------------------------
SMALL_BOOK = """
通讯录
对象        类别      收件人
组织部      上级主管  zzb@example.gov.cn
机关        呈报单位  jiguan@example.gov.cn
乐清分中心  呈报单位  yueqing@example.gov.cn
办公室      科室      bangong@example.gov.cn
业务科      科室      yewu@example.gov.cn
甲一        个人      jia1@example.gov.cn
"""


@pytest.fixture
def office(workplace: Workplace) -> Workplace:
    """A workplace of ten people in two units, run to the end, with its address book."""
    people = [f"甲{number}" for number in "一二三四五"]
    rows = [f"{name}  机关        办公室  一级科员" for name in people] + [f"乙{name[1]}  乐清分中心  业务科  一级科员" for name in people]
    workplace.put("人员名册.xlsx", "\n".join(["人员名册", "姓名  呈报单位  科室  职务职级", *rows]))
    everybody = [row.split()[0] for row in rows]
    workplace.put("季度评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名  领导评价档次", *(f"{name}  较好" for name in everybody)]))
    for month in ("2021-10", "2021-11", "2021-12"):
        workplace.put(f"{month}.xlsx", attendance({}, everybody, month))
    workplace.put("通讯录.xlsx", SMALL_BOOK)
    assert workplace.run().exit_code == 0
    return workplace


def test_what_a_real_run_left_is_mailed_by_the_command(office: Workplace, box: Box) -> None:
    box.write_settings(office.folder)
    unseen = office.call("mail", QUARTER, "--send")
    assert (unseen.exit_code, "还没有核对过的发送清单，一封也没有发" in unseen.said) == (2, True)
    drafts = office.call("mail", QUARTER)
    assert drafts.exit_code == 0, drafts.said
    assert [line.partition(" → ")[0] for line in drafts.lines if line.startswith("【")] == [
        "【备案】组织部",
        "【结果】机关",
        "【结果】乐清分中心",
        "【催报】机关 办公室",
        "【催报】乐清分中心 业务科",
        "【反馈】机关 办公室 甲一",
        "【反馈】乐清分中心 业务科",
        "【反馈】机关 办公室",
    ]
    sent = office.call("mail", QUARTER, "--send")
    assert sent.exit_code == 0, sent.said
    assert [line.partition(" ")[0] for line in sent.lines[:-1]] == [f"{number}/8" for number in range(1, 9)]
    assert sent.lines[-1] == "共 8 封：已发出 8 封。"
    assert set(box.files("yueqing@").values()) == {office.output.joinpath(QUARTER, "分单位", "乐清分中心", form).read_bytes() for form in FORMS}
    again = office.call("mail", QUARTER, "--send")
    assert again.exit_code == 0
    assert len(box.mails) == 8


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("业务科 ", "归集科 "),
        ("yewu@", "other@"),
        ("组织部      上级主管  zzb@example.gov.cn", "组织部      上级主管  不发"),
        ("甲一        个人      jia1@example.gov.cn", "甲一        个人      jia1@example.gov.cn\n甲二        个人      jia2@example.gov.cn"),
    ],
    ids=["科室改名", "地址改动", "不再发", "多一个人"],
)
def test_an_address_book_changed_after_the_list_was_looked_over_stops_everything(office: Workplace, box: Box, old: str, new: str) -> None:
    box.write_settings(office.folder)
    assert office.call("mail", QUARTER).exit_code == 0
    assert old in SMALL_BOOK
    office.put("通讯录.xlsx", SMALL_BOOK.replace(old, new))
    changed = office.call("mail", QUARTER, "--send")
    assert changed.exit_code == 2
    assert "邮件与“邮件”文件夹里核对过的发送清单不一致（通讯录、附件、正文或加密变过），一封也没有发" in changed.said
    assert box.mails == []


def secret_in(folder: Path, secret: str) -> list[str]:
    """The files in which a secret stands, plain or as it travels, packed workbooks and drafts included."""
    forms = {secret.encode(), base64.b64encode(secret.encode()), base64.b64encode(f"\0{LOGIN[0]}\0{secret}".encode()), secret.encode("utf-16-le")}
    found = []
    for path, data in files_below(folder).items():
        parts = [data]
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                parts += [packed.read(name) for name in packed.namelist()]
        found += [path for part in parts for form in forms if form in part]
    return found


@pytest.mark.parametrize("way", ["环境变量", "提示"])
def test_the_password_is_in_no_file_and_in_nothing_said(office: Workplace, locked_box: Box, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.delenv(mail.PASSWORD, raising=False)
    locked_box.write_settings(office.folder)
    said = office.call("mail", QUARTER).said

    def send(secret: str, alone: bool = False) -> Outcome:
        from process import main

        environment = {mail.PASSWORD: secret} if way == "环境变量" else {}
        if alone and environment and locked_box.settings.tls == "starttls":
            return office.spawn("mail", QUARTER, "--send", **environment)
        typed = "" if environment else f"{secret}\n"
        words = ["--at", str(office.folder), "mail", QUARTER, "--send"]
        done = CliRunner(env=environment).invoke(main, words, input=typed, catch_exceptions=False)
        return Outcome(done.exit_code, done.output, office.folder)

    wrong = send("Falsch-7-Haus")
    assert wrong.exit_code == 2
    assert wrong.lines[-1] == f"发信服务器不接受用户名或密码（127.0.0.1:{locked_box.settings.port}），一封也没有发。"
    assert locked_box.mails == []
    right = send(LOGIN[1], alone=True)
    assert right.exit_code == 0, right.said
    assert len(locked_box.mails) == 8
    for secret in ("Falsch-7-Haus", LOGIN[1]):
        assert secret not in said + wrong.said + right.said
        assert secret_in(office.folder, secret) == []
        assert not [one for one in locked_box.mails if secret in one.as_string()]
    assert secret_in(office.folder, "renshi@example.gov.cn")  # the search does find what is there


def test_encrypted_by_the_command_it_arrives_encrypted_and_opens_with_the_password_alone(office: Workplace, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("msoffcrypto")
    from appraisal.mail.sealed import opened

    secret = "Riegel-3-Kiste"
    box.write_settings(office.folder)
    office.put("通讯录.xlsx", re.sub(r"(jiguan|yueqing|bangong|yewu)@example.gov.cn", "不发", SMALL_BOOK))  # each workbook takes a while
    monkeypatch.setenv("APPRAISAL_MAIL_PASSWORD", secret)
    said = [office.call("mail", QUARTER, "--encrypt"), office.call("mail", QUARTER, "--send", "--encrypt")]
    assert [one.exit_code for one in said] == [0, 0], said[-1].said
    forms = box.files("zzb@")
    assert len(forms) == 2
    (slip,) = box.files("jia1@").values()
    assert load_workbook(io.BytesIO(opened(slip, secret))).sheetnames == ["甲一"]
    for name, data in forms.items():
        assert not zipfile.is_zipfile(io.BytesIO(data))
        assert opened(data, secret) == office.output.joinpath(QUARTER, name.removeprefix("2021年第4季度_")).read_bytes()
        with pytest.raises(mail.SealError):
            opened(data, secret.lower())
    assert secret not in "".join(one.said for one in said)
    assert secret_in(office.folder, secret) == []
    texts = [str(one["Subject"]) + body.get_content() for one in box.mails if (body := one.get_body()) is not None]
    assert len(texts) == len(box.mails)
    assert not [text for text in texts if secret in text]


def test_no_option_takes_a_password_so_none_can_stand_on_a_command_line(workplace: Workplace) -> None:
    from process import mail as command

    assert not [option for option in command.params if "pass" in str(option.name) or (isinstance(option, Option) and option.prompt)]
    for words in (("--password", "x"), ("--smtp-password", "x"), ("--send", "x")):
        assert workplace.call("mail", QUARTER, *words).exit_code == 2
