"""一个季度从头到尾：名册、发空白表、各科室填好、收表、定等次、领导签审定表、定稿、发邮件。三个办法各走一遍，填表的是另一个表格软件。"""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from drawn import Outcome, Workplace, cells_of, files_below
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from post_office import DOMAIN, Box, certificate_in, serving
from test_blank import CIRCUMSTANCES, JINING, REFORM, ROSTERS, WENZHOU, fill, fill_in, one_of_each_kind, one_week_a_month, type_in
from typist import MISSING, SOFFICE, difference, type_into

from appraisal import archive
from appraisal.notation import parse_period

pytestmark = pytest.mark.skipif(SOFFICE is None, reason=MISSING)

LOGIN = ("renshi", "Schluessel-4-Tor")
HEAD = "对象 | 类别 | 收件人"


@dataclass(frozen=True)
class Way:
    """A regulation, its quarter, the address book, how the first run ends, and who gets what in the end (address → files as they are called)."""

    like: Path
    period: str
    book: tuple[str, ...]
    first: int
    letters: dict[str, tuple[str, ...]]


FORMS = ("备案表.xlsx", "名单表.xlsx")
WAYS = {
    "温州": Way(
        WENZHOU,
        "2021Q4",
        ("市委组织部 上级主管 zzb", "机关 呈报单位 jiguan", "瑞安分中心 呈报单位 ruian", "办公室 科室 bgs", "综合科 科室 zhk", "卓一帆 个人 zyf"),
        0,
        {
            "zzb": FORMS,
            "jiguan": tuple(f"分单位/机关/{form}" for form in FORMS),
            "ruian": tuple(f"分单位/瑞安分中心/{form}" for form in FORMS),
            "bgs": ("反馈单/机关/办公室.xlsx",),
            "zhk": ("反馈单/瑞安分中心/综合科.xlsx",),
            "zyf": ("",),
        },
    ),
    "济宁": Way(
        JINING,
        "2020Q2",
        ("市委组织部 上级主管 zzb", "机关办公室 科室 bgs", "瑞安分中心综合科 科室 zhk", "卓一帆 个人 zyf"),
        3,
        {"zzb": FORMS, "bgs": ("反馈单/机关办公室.xlsx",), "zhk": ("反馈单/瑞安分中心综合科.xlsx",), "zyf": ("",)},
    ),
    "发改委": Way(
        REFORM,
        "2021Q2",
        ("市委组织部 上级主管 zzb", "机关办公室 科室 bgs", "瑞安分中心综合科 科室 zhk", "卓一帆 个人 zyf"),
        3,
        {"zzb": FORMS, "bgs": ("反馈单/机关办公室.xlsx",), "zhk": ("反馈单/瑞安分中心综合科.xlsx",), "zyf": ("",)},
    ),
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def box(certificate: tuple[Path, Path]) -> Iterator[Box]:
    with serving(certificate, login=LOGIN) as made:
        yield made


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the other program keeps what it has learnt."""
    return tmp_path_factory.mktemp("填表")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, scratch: Path) -> dict[str, Workplace]:
    """Every way up to the day on which the sheets are in; all are typed into at one sitting."""
    found = {name: prepared(tmp_path_factory.mktemp(name) / "考核", way) for name, way in WAYS.items()}
    typed = {path: difference(data, fill_in) for name, way in WAYS.items() for path, data in sent_out(found[name], way).items()}
    assert all(typed.values())
    type_into(typed, scratch)
    return found


@pytest.mark.parametrize("name", list(WAYS))
def test_from_the_roster_to_the_letters_in_the_receivers_boxes(
    name: str, places: dict[str, Workplace], scratch: Path, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, place = WAYS[name], places[name]
    box.write_settings(place.folder)
    first = place.run("run", way.period)
    assert first.exit_code == way.first, first.said
    assert first.errors == []
    assert [line for line in first.problems if line["文件"].startswith("收表/") and line["代码"] != "copied-period"] == []
    if way.first:
        assert place.call("mail", way.period).said.count("还不是最终结果") == 1
        signed(place, first, scratch)

    final = place.run("run", way.period)
    assert final.exit_code == 0, final.said
    assert json.loads(final.file("run.json").read_text(encoding="utf-8"))["state"] == "final"
    assert not {"待研判", "待审定", "待处理"} & set(final.grades.values())
    assert len({line["姓名"] + line["科室"] for line in final.ledger}) == 9
    filed_as_printed(place, final, way)

    monkeypatch.setenv("APPRAISAL_SMTP_PASSWORD", LOGIN[1])
    assert place.call("mail", way.period).exit_code == 0
    posted = place.call("mail", way.period, "--send")
    assert posted.exit_code == 0, posted.said
    delivered(box, final, way)
    count = len(box.mails)
    assert place.call("mail", way.period, "--send").exit_code == 0
    assert len(box.mails) == count == len(way.letters)


def prepared(folder: Path, way: Way) -> Workplace:
    """The workplace on the first day: rules, roster, circumstances, addresses."""
    place = Workplace(folder)
    shutil.copy(way.like / "rules.yaml", folder / "rules.yaml")
    place.put("名册.xlsx", ROSTERS[way.like])
    place.put("情形.xlsx", CIRCUMSTANCES)
    lines = (line.split() for line in way.book)
    place.put("通讯录.xlsx", "\n".join(["通讯录", HEAD, *(f"{about} | {category} | {address}@{DOMAIN}" for about, category, address in lines)]))
    return place


def sent_out(place: Workplace, way: Way) -> dict[Path, bytes]:
    """`blank`, and everything lies in input/ again, of the weekly forms one a month. Given back are those that are still blank, one of each kind."""
    blank = place.call("blank", way.period)
    assert blank.exit_code == 0, blank.said
    blanks = one_week_a_month(files_below(place.output / f"空白表 {way.period}"))
    waiting = one_of_each_kind(blanks)
    dropped = {name: place.put(f"收表/{name}", data if name in waiting else fill(data)) for name, data in blanks.items()}
    return {dropped[name]: data for name, data in waiting.items()}


def signed(place: Workplace, run: Outcome, scratch: Path) -> None:
    """The leaders' turn: they sign 审定表.xlsx once; where the cut falls between equals, the first gets the seat."""
    data = run.file("审定表.xlsx").read_bytes()
    waiting = {(line["姓名"], line["考核周期"]) for line in run.ledger if line["考核等次"] == "待研判"}
    dropped = place.put("审定表（已签）.xlsx", data)
    type_into({dropped: difference(data, lambda book: sign(book["审定表"], waiting))}, scratch)


def sign(sheet: Worksheet, waiting: Collection[tuple[str, str]]) -> None:
    head, columns = next((row[0].row, {cell.value: cell.column for cell in row}) for row in sheet.iter_rows() if row[0].value == "序号")
    type_in(sheet["C2"], "周国华")
    type_in(sheet["E2"], dt.date(2021, 7, 20))
    served = set()
    for row in range(head + 1, sheet.max_row + 1):
        who, period = (str(sheet.cell(row, columns[word]).value) for word in ("姓名", "考核周期"))
        if (who, period) in waiting:
            type_in(sheet.cell(row, columns["审定等次"]), "较好" if period in served else "好")
            type_in(sheet.cell(row, columns["审定理由"]), "同分，承担的急难任务较多" if period not in served else "同分，经研究")
            served.add(period)


def filed_as_printed(place: Workplace, final: Outcome, way: Way) -> None:
    """What the archive remembers is what the forms print."""
    period = parse_period(way.period)
    assert period is not None
    filed = [one for entries in archive.filed_in_year(place.folder / "archive.sqlite", period.year).values() for one in entries]
    assert sorted(f"{one.name} {one.result}" for one in filed) == sorted(f"{line['姓名']} {line['考核等次']}" for line in final.ledger)
    assert "【草稿】" not in str(cells_of(final.file("备案表.xlsx")))


def delivered(box: Box, final: Outcome, way: Way) -> None:
    """Everybody got the files that are theirs to the last byte, and nothing else."""
    assert sorted(str(one["To"]) for one in box.mails) == sorted(f"{to}@{DOMAIN}" for to in way.letters)
    for to, paths in way.letters.items():
        got = box.files(f"{to}@{DOMAIN}")
        if paths == ("",):  # a person's own slip is made for the letter
            (slip,) = got.values()
            assert [sheet["B4"].value for sheet in load_workbook(io.BytesIO(slip)).worksheets] == ["卓一帆"]
        else:
            assert list(got.values()) == [final.file(path).read_bytes() for path in paths], to
