"""新建工作文件夹：规则、空名册、空特殊情形表，能直接检查。"""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from appraisal.fresh import EXAMPLES, ROOT, NoExampleError, OccupiedError, example, fresh
from appraisal.pipeline import open_workplace, receive
from appraisal.policy.load import PolicyError, schema
from appraisal.result import Workplace
from appraisal.standard import CIRCUMSTANCES, ROSTER, SheetKind


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_workplace_like_each_example(name: str, tmp_path: Path) -> None:
    target = tmp_path / "新单位"
    fresh(target, example(name))
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*")) == [
        "input",
        "input/人员名册.xlsx",
        "input/特殊情形表.xlsx",
        "output",
        "rules.schema.json",
        "rules.yaml",
    ]
    assert open_workplace(Workplace(target)) == open_workplace(Workplace(EXAMPLES[name]))


@pytest.mark.parametrize("kind", [ROSTER, CIRCUMSTANCES])
def test_the_empty_sheets_have_title_and_columns_and_nobody(kind: SheetKind, tmp_path: Path) -> None:
    fresh(tmp_path / "新", ROOT)
    rows = CalamineWorkbook.from_path(tmp_path / "新" / "input" / f"{kind.title}.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0][0] == kind.title
    assert rows[1] == [column.name for column in kind.columns]
    assert len(rows) == 2


def test_the_empty_sheets_are_recognised(tmp_path: Path) -> None:
    fresh(tmp_path / "新", ROOT)
    workplace = Workplace(tmp_path / "新")
    received = receive(workplace, open_workplace(workplace))
    assert sorted(table.kind for table in received.tables) == ["人员名册", "特殊情形表"]
    assert {problem.code for problem in received.problems} == {"no-rows"}


def test_the_rules_name_the_schema_beside_them(tmp_path: Path) -> None:
    fresh(tmp_path / "新", example("jining-commerce"))
    lines = (tmp_path / "新" / "rules.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=rules.schema.json"
    assert lines[1:] == (EXAMPLES["jining-commerce"] / "rules.yaml").read_text(encoding="utf-8").splitlines()[1:]
    assert (tmp_path / "新" / "rules.schema.json").read_text(encoding="utf-8") == schema()


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    fresh(tmp_path / "甲", ROOT)
    fresh(tmp_path / "乙", ROOT)
    for path in (tmp_path / "甲").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "乙" / path.relative_to(tmp_path / "甲")).read_bytes()


def test_own_templates_come_along(tmp_path: Path) -> None:
    own = tmp_path / "有模板的"
    fresh(own, ROOT)
    (own / "templates").mkdir()
    for path in (ROOT / "templates").glob("*.xlsx"):
        (own / "templates" / path.name).write_bytes(path.read_bytes())
    fresh(tmp_path / "新", own)
    assert {path.name for path in (tmp_path / "新" / "templates").iterdir()} == {path.name for path in (ROOT / "templates").glob("*.xlsx")}


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    fresh(tmp_path, ROOT)
    assert (tmp_path / "rules.yaml").is_file()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "重要.txt").write_text("别动", encoding="utf-8")
    with pytest.raises(OccupiedError, match=r"已经存在，里面有内容，没有改动。请换一个文件夹名"):
        fresh(tmp_path, ROOT)
    assert [path.name for path in tmp_path.iterdir()] == ["重要.txt"]


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "新").write_text("", encoding="utf-8")
    with pytest.raises(OccupiedError, match="已经存在"):
        fresh(tmp_path / "新", ROOT)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    with pytest.raises(OccupiedError, match="写不进"):
        fresh(tmp_path / "文件" / "新", ROOT)


def test_an_unknown_example_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(NoExampleError, match="请写 wenzhou、jining-commerce、development-reform 之一"):
        example("wenzou")
    with pytest.raises(NoExampleError, match=r"没有 rules\.yaml"):
        fresh(tmp_path / "新", tmp_path)


def test_broken_rules_are_not_copied(tmp_path: Path) -> None:
    (tmp_path / "坏").mkdir()
    (tmp_path / "坏" / "rules.yaml").write_text("catp: {}\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="catp"):
        fresh(tmp_path / "新", tmp_path / "坏")
    assert not (tmp_path / "新").exists()
