"""档案：只追加；没有变化不产生新版本；损坏、占用、较新版本、被改动，都说清楚；写到一半被杀掉，还是原来的样子。"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from fractions import Fraction
from pathlib import Path

import pytest
from drawn import ROOT

from appraisal import archive
from appraisal.archive import ArchiveError, opened, schema
from appraisal.model import Cell, Code, Decision, Grade, Outcome, Period, Person, Proposal, Reason, Score, Standing, Status, Verdict

Q3, Q4 = Period.quarter(2021, 3), Period.quarter(2021, 4)
CELL = Cell("机关/办公室.xlsx", "季度评价", 3, 4)
FIRST: dict[str, Outcome] = {"张三": Grade.GOOD, "李四": Grade.FAIR, "王五": Status.UNGRADED}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "市局 2021#%" / "archive.sqlite"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "WAIT", 0.05)


def decision(name: str, result: Outcome | None, period: Period, remark: str = "", score: Fraction | None = None) -> Decision:
    person = Person(0, name, "办公室", "机关", CELL, staff_no="" if name == "李四" else f"号{name}", rank="一级科员", band="科员级")
    standing = Standing(person, period, score=Score("得分", period, score) if score is not None else None)
    reasons = (Reason(Code.RATING, "领导评价档次为好", "四（三）1（2）", (CELL, CELL)), Reason(Code.CEILING, "出勤率不足", "四（三）4（3）"))
    return Decision(Proposal(standing, result, reasons, band="科员级"), result, result, reasons, remark)


def verdict(results: Mapping[str, Outcome | None], period: Period = Q4, remark: str = "", score: Fraction | None = None) -> Verdict:
    return Verdict(period, tuple(decision(name, result, period, remark, score) for name, result in results.items()), ())


def record(path: Path, *verdicts: Verdict, run: Period = Q4, output: str = "输出") -> Mapping[Period, int]:
    entry = archive.Entry(path, archive.filings(verdicts))
    entry.commit(run, {"办公室.xlsx": "甲"}, "规则", {"appraisal": "0.1.0"}, output)
    return entry.versions


def results(path: Path, period: Period = Q4) -> dict[str, Outcome]:
    return {filed.name: filed.result for filed in archive.filed(path, period)}


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as any other program opens it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def unguarded(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Without the triggers, as somebody with intent would leave it."""
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    return connection


# ---- 备案与更正 --------------------------------------------------------------------------------------------------------


def test_without_a_file_there_is_nothing_and_none_appears(path: Path) -> None:
    assert archive.filed(path, Q4) == ()
    assert archive.version_of(path, Q4) is None
    assert archive.filed_in_year(path, 2021) == {}
    assert archive.history(path, Q4) == ()
    assert archive.recorded_output(path, Q4) is None
    assert archive.verify(path) == ()
    assert not path.exists()


def test_what_was_filed_comes_back_whole(path: Path) -> None:
    assert record(path, verdict(FIRST, remark="直接确定", score=Fraction(1697, 20))) == {Q4: 0}
    first = archive.filed(path, Q4)[0]
    assert (first.period, first.version, first.name, first.staff_no, first.unit, first.department) == (Q4, 0, "张三", "号张三", "机关", "办公室")
    assert (first.rank, first.band, first.score, first.remark) == ("一级科员", "科员级", Fraction("84.85"), "直接确定")
    assert (first.proposed, first.result, first.code) == ("好", Grade.GOOD, Code.CEILING)
    assert first.reasons[0] == ("rating", "领导评价档次为好", "四（三）1（2）", f"{CELL}；{CELL}")
    assert first.who == ("号张三",)
    assert [filed.score for filed in archive.filed(path, Q4)] == [Fraction(1697, 20)] * 3
    assert results(path) == FIRST


def test_a_score_that_decimals_cannot_say_stays_exact(path: Path) -> None:
    record(path, verdict(FIRST, score=Fraction(1, 3)))
    assert archive.filed(path, Q4)[0].score == Fraction(1, 3)


def test_a_change_is_a_new_version_and_the_old_one_is_kept(path: Path) -> None:
    record(path, verdict(FIRST))
    amended = {**FIRST, "王五": Grade.FAIR}
    assert record(path, verdict(amended)) == {Q4: 1}
    assert archive.version_of(path, Q4) == 1
    assert results(path) == amended
    assert [{filed.name: filed.result for filed in version} for version in archive.history(path, Q4)] == [FIRST, amended]
    assert [filed.version for filed in archive.history(path, Q4)[1]] == [1, 1, 1]


def test_a_remark_or_a_score_is_a_change_too(path: Path) -> None:
    record(path, verdict(FIRST))
    assert record(path, verdict(FIRST, remark="更正")) == {Q4: 1}
    assert record(path, verdict(FIRST, remark="更正", score=Fraction(85))) == {Q4: 2}


def test_nothing_changed_is_no_new_version_whatever_the_order(path: Path) -> None:
    record(path, verdict(FIRST))
    before = path.read_bytes()
    assert record(path, verdict(FIRST)) == {Q4: 0}
    assert path.read_bytes() == before
    assert record(path, verdict(dict(reversed(FIRST.items())))) == {Q4: 0}
    assert len(archive.history(path, Q4)) == 1


def test_somebody_more_or_less_is_a_change(path: Path) -> None:
    record(path, verdict(FIRST))
    assert record(path, verdict({**FIRST, "赵六": Grade.FAIR})) == {Q4: 1}
    assert record(path, verdict(FIRST)) == {Q4: 2}


def test_a_quarter_of_months_files_only_the_month_that_changed(path: Path) -> None:
    months = [Period.month(2020, month) for month in (4, 5, 6)]
    run = Period.quarter(2020, 2)
    assert record(path, *(verdict(FIRST, month) for month in months), run=run) == dict.fromkeys(months, 0)
    changed = [verdict({**FIRST, "张三": Grade.FAIR} if month == months[2] else FIRST, month) for month in months]
    assert record(path, *changed, run=run) == {months[0]: 0, months[1]: 0, months[2]: 1}
    assert list(archive.filed_in_year(path, 2020)) == months
    assert archive.filed_in_year(path, 2020)[months[2]][0].result is Grade.FAIR
    assert archive.filed_in_year(path, 2021) == {}


def test_the_output_of_the_last_final_run_is_known_even_when_no_result_changed(path: Path) -> None:
    record(path, verdict(FIRST), output="一")
    record(path, verdict(FIRST, Q3), run=Q3, output="三季度")
    assert record(path, verdict(FIRST), output="二") == {Q4: 0}
    assert archive.recorded_output(path, Q4) == "二"
    assert archive.recorded_output(path, Q3) == "三季度"
    assert archive.verify(path) == ()


def test_an_output_that_comes_back_is_the_last_one_again(path: Path) -> None:
    for output in ("一", "二", "一"):
        record(path, verdict(FIRST), output=output)
        assert archive.recorded_output(path, Q4) == output


def test_what_is_not_final_is_never_filed(path: Path) -> None:
    with pytest.raises(ValueError, match="not final"):
        record(path, verdict({**FIRST, "王五": Status.CONTESTED}))
    assert not path.exists()


def test_a_month_that_only_scores_is_not_filed(path: Path) -> None:
    month = Period.month(2021, 10)
    assert record(path, verdict(dict.fromkeys(FIRST), month), run=month) == {}
    assert archive.version_of(path, month) is None


# ---- 只追加 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE result SET result = '好'",
        "DELETE FROM result",
        "UPDATE filing SET version = 7",
        "DELETE FROM filing",
        "UPDATE run SET output = ''",
        "DELETE FROM run",
        "INSERT OR REPLACE INTO run SELECT id, period, recorded, '别的', output, inputs, versions, chain FROM run",
        "INSERT OR REPLACE INTO filing SELECT id, run, period, year, span, number, version, 0, digest FROM filing",
        "REPLACE INTO filing SELECT 9, run, period, year, span, number, version, 0, digest FROM filing",
        "REPLACE INTO result SELECT filing, place, '李鬼', staff_no, unit, department, rank, band, score, proposed, result, code, remark, reasons FROM result",
    ],
)
def test_nothing_filed_can_be_changed_or_taken_away(path: Path, attempt: str) -> None:
    record(path, verdict(FIRST))
    with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match="只能追加"):
        connection.execute(attempt)
    assert results(path) == FIRST


TAMPERING = {
    "UPDATE result SET result = '好' WHERE filing = 1 AND place = 2": "2021Q4 首次备案的内容与备案时不一致",
    "DELETE FROM result WHERE filing = 2 AND place = 3": "2021Q4 更正1的内容与备案时不一致：备案时 3 人，现在 2 人",
    "UPDATE result SET name = name || staff_no, staff_no = '' WHERE filing = 1": "不一致",
    "UPDATE run SET rules = '别的规则' WHERE id = 1": "第 1 次备案",
    "UPDATE filing SET version = 2 WHERE id = 2": "缺少版本",
    "DELETE FROM run WHERE id = 1": "不完整的记录",
}


@pytest.mark.parametrize(("attempt", "said"), TAMPERING.items(), ids=TAMPERING.values())
def test_tampering_is_found(path: Path, attempt: str, said: str) -> None:
    record(path, verdict(FIRST))
    record(path, verdict({**FIRST, "王五": Grade.FAIR}))
    assert archive.verify(path) == ()
    with raw(path) as connection:
        unguarded(connection).execute(attempt)
    assert any(said in line for line in archive.verify(path)), archive.verify(path)


def test_a_filing_taken_out_of_the_middle_breaks_the_chain(path: Path) -> None:
    for output in ("一", "二", "三"):
        record(path, verdict(FIRST), output=output)
    with raw(path) as connection:
        unguarded(connection).execute("DELETE FROM run WHERE id = 2")
    assert any("前面的记录缺失" in line for line in archive.verify(path))


# ---- 打不开 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"this is not an archive" * 100, b"SQLite format 3\x00" + b"\xff" * 4000], ids=["empty", "text", "header"])
def test_a_damaged_file_is_said_and_never_overwritten(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for attempt in (lambda: archive.filed(path, Q4), lambda: archive.verify(path), lambda: record(path, verdict(FIRST))):
        with pytest.raises(ArchiveError, match="已损坏或不是考核档案"):
            attempt()
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with raw(path) as connection:
        connection.execute("CREATE TABLE 别的 (x)")
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match="不是本程序写的考核档案"):
        record(path, verdict(FIRST))
    assert path.read_bytes() == before


def test_damage_in_the_middle_is_found_before_anything_is_added(path: Path) -> None:
    record(path, verdict({f"人{number}": Grade.FAIR for number in range(400)}))
    content = bytearray(path.read_bytes())
    content[8 * 4096 : 12 * 4096] = b"\xaa" * (4 * 4096)
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="已损坏"):
        record(path, verdict(FIRST, Q3), run=Q3)
    assert path.read_bytes() == bytes(content)


def test_contents_nobody_understands_are_damage(path: Path) -> None:
    record(path, verdict(FIRST))
    with raw(path) as connection:
        unguarded(connection).execute("UPDATE result SET result = '优秀'")
    with pytest.raises(ArchiveError, match="内容无法识别"):
        archive.filed(path, Q4)


def test_a_newer_program_wrote_it(path: Path) -> None:
    record(path, verdict(FIRST))
    with raw(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    for attempt in (lambda: archive.filed(path, Q4), lambda: record(path, verdict(FIRST))):
        with pytest.raises(ArchiveError, match="结构版本 99，本程序只认识到 1"):
            attempt()


def test_an_older_archive_is_read_as_it_is_and_brought_up_to_date_by_recording(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(path, verdict(FIRST))
    before = path.read_bytes()
    monkeypatch.setattr(opened, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE 以后 (x);"))
    assert results(path) == FIRST
    assert path.read_bytes() == before
    assert record(path, verdict({**FIRST, "王五": Grade.FAIR})) == {Q4: 1}
    with raw(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert archive.verify(path) == ()


@pytest.mark.parametrize(("hold", "reads"), [("BEGIN IMMEDIATE", True), ("BEGIN EXCLUSIVE", False)])
def test_held_by_another_program(path: Path, hold: str, reads: bool) -> None:
    record(path, verdict(FIRST))
    with raw(path) as other:
        other.execute(hold)
        with pytest.raises(ArchiveError, match="正被别的程序占用"):
            record(path, verdict(FIRST, Q3), run=Q3)
        if reads:
            assert results(path) == FIRST
        else:
            with pytest.raises(ArchiveError, match="正被别的程序占用"):
                archive.filed(path, Q4)
    assert record(path, verdict(FIRST, Q3), run=Q3) == {Q3: 0}


def test_a_reader_that_will_not_let_go_keeps_the_new_filing_out(path: Path) -> None:
    record(path, verdict(FIRST))
    with raw(path) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM result").fetchone()
        with pytest.raises(ArchiveError, match="正被别的程序占用"):
            record(path, verdict(FIRST, Q3), run=Q3)
    assert archive.version_of(path, Q3) is None


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ArchiveError, match="档案保持原样"):
        archive.filed(path, Q4)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_no_permission(path: Path) -> None:
    record(path, verdict(FIRST))
    path.chmod(0o444)
    with pytest.raises(ArchiveError, match="没有写入权限"):
        record(path, verdict(FIRST, Q3), run=Q3)
    assert results(path) == FIRST


def test_misuse_is_a_bug_and_not_a_damaged_file(path: Path) -> None:
    record(path, verdict(FIRST))
    with pytest.raises(sqlite3.ProgrammingError), opened.reading(path) as connection:
        connection.execute("SELECT ?", ())


# ---- 一个文件，原来的或新的 --------------------------------------------------------------------------------------------


def test_nothing_is_left_beside_the_file(path: Path) -> None:
    record(path, verdict(FIRST))
    record(path, verdict(FIRST, Q3), run=Q3)
    archive.filed(path, Q4)
    assert [found.name for found in path.parent.iterdir()] == ["archive.sqlite"]


KILLED = """
    import os, sys
    from pathlib import Path
    from appraisal.archive import opened
    archive = opened.Recording(Path(sys.argv[1])).connection
    archive.execute("ROLLBACK")
    archive.execute("PRAGMA cache_spill = ON").close()
    archive.execute("PRAGMA cache_size = 1").close()
    archive.execute("BEGIN IMMEDIATE")
    archive.execute("INSERT INTO run VALUES (2, '2021Q3', '', '', '', '{}', '{}', 'x')")
    archive.execute("INSERT INTO filing VALUES (2, 2, '2021Q3', 2021, 'quarter', 3, 0, 9000, 'x')")
    row = "INSERT INTO result VALUES (2, ?, '名', '', '', '', '', '', '', '', '好', 'rating', '', '[]')"
    archive.executemany(row, ((place,) for place in range(9000)))
    os.kill(os.getpid(), 9) if os.name != "nt" else os._exit(1)
"""


def test_a_killed_filing_never_happened(path: Path) -> None:
    record(path, verdict(FIRST))
    before = path.read_bytes()
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(path)], cwd=ROOT, timeout=60)
    assert killed.returncode
    assert path.with_name("archive.sqlite-journal").exists()
    assert path.stat().st_size > len(before), "the unfinished filing has reached the file"
    assert results(path) == FIRST
    assert archive.version_of(path, Q3) is None
    assert archive.verify(path) == ()
    assert record(path, verdict(FIRST, Q3), run=Q3) == {Q3: 0}


def test_what_is_not_committed_never_happened(path: Path) -> None:
    record(path, verdict(FIRST))
    before = path.read_bytes()
    entry = archive.Entry(path, archive.filings([verdict({**FIRST, "赵六": Grade.FAIR})]))
    assert entry.versions == {Q4: 1}
    entry.close()
    entry.close()
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["archive.sqlite"]


def test_there_is_no_archive_before_the_first_result_is_committed(path: Path) -> None:
    entry = archive.Entry(path, archive.filings([verdict(FIRST)]))
    assert not path.exists()
    entry.close()
    assert list(path.parent.iterdir()) == []
    assert record(path, verdict(FIRST)) == {Q4: 0}


def test_others_may_read_while_results_are_on_their_way(path: Path) -> None:
    record(path, verdict(FIRST))
    many = {f"甲{number}": Grade.FAIR for number in range(20_000)}
    entry = archive.Entry(path, archive.filings([verdict(many)]))
    assert results(path) == FIRST
    entry.commit(Q4, {}, "规则", {}, "输出")
    assert len(results(path)) == len(many)


def test_an_archive_put_back_meanwhile_is_not_overwritten(path: Path) -> None:
    record(path, verdict(FIRST))
    aside = path.rename(path.parent.parent / "移开.sqlite")
    entry = archive.Entry(path, archive.filings([verdict({**FIRST, "赵六": Grade.FAIR})]))
    before = aside.rename(path).read_bytes()
    with pytest.raises(archive.ArchiveError, match="再运行一次"):
        entry.commit(Q4, {}, "规则", {}, "输出")
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["archive.sqlite"]


def test_the_journal_of_an_archive_that_was_moved_away_harms_no_new_one(path: Path) -> None:
    record(path, verdict(FIRST))
    subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(path)], cwd=ROOT, timeout=60)
    assert path.with_name("archive.sqlite-journal").exists()
    path.rename(path.parent.parent / "移开.sqlite")
    assert record(path, verdict({**FIRST, "赵六": Grade.FAIR})) == {Q4: 0}
    assert results(path) == {**FIRST, "赵六": Grade.FAIR}
    assert archive.verify(path) == ()


def test_a_killed_creation_is_begun_again(path: Path) -> None:
    path.parent.mkdir()
    (path.parent / ".新建-archive.sqlite").write_bytes(b"half")
    assert record(path, verdict(FIRST)) == {Q4: 0}
    assert [found.name for found in path.parent.iterdir()] == ["archive.sqlite"]


# ---- 给人看的 ----------------------------------------------------------------------------------------------------------


def test_a_clerk_can_open_it_in_any_browser(path: Path) -> None:
    record(path, verdict(FIRST, score=Fraction("84.5")))
    record(path, verdict({**FIRST, "王五": Grade.FAIR}, score=Fraction("84.5")))
    with raw(path) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM 考核结果")]
        filings = [dict(row) for row in connection.execute("SELECT * FROM 历次备案")]
    assert len(rows) == 3
    assert rows[2] == {
        "考核周期": "2021Q4",
        "版本": "更正1",
        "序号": 3,
        "呈报单位": "机关",
        "科室": "办公室",
        "姓名": "王五",
        "工号": "号王五",
        "职务职级": "一级科员",
        "得分": "84.5",
        "建议等次": "较好",
        "考核等次": "较好",
        "依据代码": "ceiling",
        "依据": "领导评价档次为好（四（三）1（2））；出勤率不足（四（三）4（3））",
        "备注": "",
    }
    assert [(filing["版本"], filing["人数"], filing["好"], filing["不确定等次"], filing["规则指纹"]) for filing in filings] == [
        ("首次备案", 3, 1, 1, "规则"),
        ("更正1", 3, 1, 0, "规则"),
    ]
