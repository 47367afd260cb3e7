"""rules.yaml: a closed vocabulary, every entry with its clause, every mistake with its line and the nearest word."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from drawn import ROOT, RULES, changed_rules
from ruamel.yaml import YAML

from appraisal.model import Grade
from appraisal.policy.load import PolicyError, load_policy, schema
from appraisal.policy.shape import Shape

ALL_RULES = [RULES, *sorted((ROOT / "examples").glob("*/rules.yaml"))]


def broken(folder: Path, *changes: tuple[str, str]) -> str:
    (folder / "rules.yaml").write_text(changed_rules(RULES, changes), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy(folder / "rules.yaml")
    return str(error.value)


def test_the_examples_are_found() -> None:
    assert len(ALL_RULES) >= 3


@pytest.mark.parametrize("path", ALL_RULES, ids=lambda path: path.parent.name)
def test_every_rules_yaml_of_the_repository_loads(path: Path) -> None:
    assert load_policy(path).regulation.organisation


@pytest.mark.parametrize("path", ALL_RULES, ids=lambda path: path.parent.name)
def test_every_rule_names_its_clause_or_its_assumption(path: Path) -> None:
    """Never both, never neither, all the way down."""

    def entries(node: object) -> list[Any]:
        mine = [node] if hasattr(node, "clause") else []
        fields = [getattr(node, name) for name in type(node).model_fields] if isinstance(node, Shape) else []
        items = [item for value in fields for item in (value if isinstance(value, tuple) else (value,))]
        return mine + [found for item in items for found in entries(item)]

    found = entries(load_policy(path))
    assert len(found) > 20
    assert all(bool(entry.clause) != bool(entry.assumed) for entry in found)
    assert all(entry.source == (entry.clause or "配置值，方案未规定") for entry in found)


def test_the_policy_is_frozen() -> None:
    policy = load_policy(RULES)
    with pytest.raises(ValueError, match="frozen"):
        policy.cap.share = Fraction(1)  # type: ignore[misc]


def test_shares_are_exact() -> None:
    policy = load_policy(RULES)
    assert policy.cap.share == Fraction(2, 5)
    assert policy.attendance is not None
    assert policy.attendance.floor == Fraction(4, 5)
    assert policy.long_leave is not None
    assert policy.long_leave.over == Fraction(1, 2)
    assert policy.attendance.ceiling is Grade.ORDINARY


@pytest.mark.parametrize(("written", "share"), [("2/5", Fraction(2, 5)), ("33.3%", Fraction(333, 1000)), ("0%", Fraction(0)), ("100%", Fraction(1))])
def test_a_share_may_be_a_fraction_or_a_percent(tmp_path: Path, written: str, share: Fraction) -> None:
    (tmp_path / "rules.yaml").write_text(changed_rules(RULES, [("share: 40%", f"share: {written}")]), encoding="utf-8")
    assert load_policy(tmp_path / "rules.yaml").cap.share == share


@pytest.mark.parametrize("written", ["0.4", "40", "140%", "-1%", "四成", "4/0", "5/4"])
def test_a_share_may_be_nothing_else(tmp_path: Path, written: str) -> None:
    said = broken(tmp_path, ("share: 40%", f"share: {written}"))
    assert re.search(r"rules\.yaml 第\d+行：“cap\.share”", said), said


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("\ncap:\n", "\ncatp:\n", "是不是“cap”？"),
        ("  strength: soft", "  strenght: soft", "是不是“strength”？"),
        ("  by: rating", "  by: ratings", "是不是“rating”？"),
        ("  floor: 80%", "  flor: 80%", "是不是“floor”？"),
        ("effect: absent, negative: true", "effect: abscent, negative: true", "是不是“absent”？"),
        ("      levels: [一级科员, 二级科员]", "      level: [一级科员, 二级科员]", "是不是“levels”？"),
        ("circumstance: 试用期", "circumstance: 试用", "是不是“试用期”？"),
        ("sheets: [季度评价汇总表, ", "sheets: [季度评价总表, ", "是不是“季度评价汇总表”？"),
        ("counts: [病假, 事假]", "counts: [病价, 事假]", "是不是“病假”？"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest_one(tmp_path: Path, old: str, new: str, near: str) -> None:
    said = broken(tmp_path, (old, new))
    assert near in said
    wrong = next(part for part in new.strip().split("\n") if part)
    number = changed_rules(RULES, [(old, new)]).split(wrong)[0].count("\n") + 1
    assert f"rules.yaml 第{number}行" in said, said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  clause: 四（三）3\n", "  clause: 四（三）3\n  assumed: 也是\n", "二者写且只写一个"),
        ("effect: direct, grade: 好, needs", "effect: direct, needs", "要写 grade"),
        ("{kind: 警告, clause: 二4", "{kind: 记过, clause: 二4", "写了两次"),
        ("四（三）5, every: quarter, day: 20}", "四（三）5, every: quarter, day: 20, days_after: 10}", "写且只写一个"),
        ("四（三）5, every: quarter, day: 20}", "四（三）5, every: quarter, day: 32}", "数太大"),
        ("  required: false", "  required: maybe", "true 或 false"),
        ("  organisation: 温州市住房公积金管理中心\n", "", "缺少“regulation.organisation”"),
        ("lasts_months: 18", "lasts_months: 18.5", "应当是整数"),
        ("  absent: [病假, 事假, 旷工]", "  absent: 病假", "应当是一个列表"),
        ("sheets: [出勤汇总表, 干部日常考评月度小结表]", "sheets: []", "不能是空的"),
        ("posts: [科员级, 科员, ", "posts: [乡科级正职, 科员级, 科员, ", "同时归入"),
    ],
)
def test_other_mistakes_are_said_in_chinese(tmp_path: Path, old: str, new: str, words: str) -> None:
    said = broken(tmp_path, (old, new))
    assert words in said
    assert re.search(r"rules\.yaml 第\d+行", said)
    assert "Input should" not in said


def test_a_double_key_is_an_error_not_the_last_one_wins(tmp_path: Path) -> None:
    assert "写了两次" in broken(tmp_path, ("  share: 40%\n", "  share: 40%\n  share: 50%\n"))


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "词: 值"), (b"- a\n- b\n", "词: 值"), ("标题".encode("gb18030"), "UTF-8"), (b"a: [1\n", "写法有误"), (b"\ta: 1\n", "写法有误")],
    ids=["空文件", "列表", "GBK", "括号没有关", "制表符"],
)
def test_a_file_that_is_no_rules_at_all(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "rules.yaml").write_bytes(data)
    with pytest.raises(PolicyError, match=words):
        load_policy(tmp_path / "rules.yaml")


def test_windows_line_ends_and_a_byte_order_mark_are_ordinary(tmp_path: Path) -> None:
    text = RULES.read_text(encoding="utf-8").replace("\n", "\r\n")
    (tmp_path / "rules.yaml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_policy(tmp_path / "rules.yaml") == load_policy(RULES)


# ---- the schema --------------------------------------------------------------------------------------------------------


def test_the_schema_is_json_and_closed() -> None:
    found = json.loads(schema())
    assert found["type"] == "object"
    assert found["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in found["$defs"].values() if part.get("type") == "object")
    assert {"cap", "grading", "circumstances"} <= found["properties"].keys()


@pytest.mark.parametrize("path", ALL_RULES, ids=lambda path: path.parent.name)
def test_the_schema_accepts_what_the_loader_accepts(path: Path) -> None:
    rules = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    whole = json.loads(schema())
    assert list(_refused(rules, whole, whole["$defs"], path.name)) == []


def test_the_schema_refuses_a_misspelt_word() -> None:
    rules = YAML(typ="safe").load(RULES.read_text(encoding="utf-8"))
    rules["catp"] = rules.pop("cap")
    whole = json.loads(schema())
    assert sorted(_refused(rules, whole, whole["$defs"], "rules")) == ["rules.cap 缺少", "rules.catp 不认识"]


KNOWN = {"$ref", "$defs", "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const", "pattern", "minItems"}
KNOWN |= {"minimum", "maximum", "exclusiveMinimum", "title", "description", "default", "format"}
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def _refused(value: object, part: Mapping[str, Any], defs: Mapping[str, Any], where: str) -> list[str]:
    """Where a value does not fit a JSON Schema: as much of the standard as our schema uses, and an error for anything else."""
    assert part.keys() <= KNOWN, part.keys() - KNOWN
    if "$ref" in part:
        return _refused(value, defs[part["$ref"].rpartition("/")[2]], defs, where)
    if "anyOf" in part:
        answers = [_refused(value, option, defs, where) for option in part["anyOf"]]
        return [] if [] in answers else answers[0]
    if "enum" in part and value not in part["enum"]:
        return [f"{where} 不在可选范围"]
    if (kind := part.get("type")) is not None and not _is(value, kind, part.get("format")):
        return [f"{where} 应当是 {kind}"]
    if isinstance(value, str) and not re.search(part.get("pattern", ""), value):
        return [f"{where} 写法不对"]
    if isinstance(value, list):
        inside = [problem for place, item in enumerate(value) for problem in _refused(item, part.get("items", {}), defs, f"{where}.{place}")]
        return [*inside, *([f"{where} 太短"] if len(value) < part.get("minItems", 0) else [])]
    return _members(value, part, defs, where) if isinstance(value, dict) else []


def _is(value: object, kind: str, form: str | None) -> bool:
    if form == "date" and isinstance(value, dt.date):
        return True
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _members(value: dict[str, object], part: Mapping[str, Any], defs: Mapping[str, Any], where: str) -> list[str]:
    properties, others = part.get("properties", {}), part.get("additionalProperties", True)
    found = [f"{where}.{name} 缺少" for name in part.get("required", ()) if name not in value]
    for name, item in value.items():
        rule = properties.get(name, others)
        found += [f"{where}.{name} 不认识"] if rule is False else [] if rule is True else _refused(item, rule, defs, f"{where}.{name}")
    return found


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("establishment: [在编]", "establishment: [在遍]", "编制“在遍”没有定义，是不是“在编”？"),
        ("    method: zero", "    method: pool", "method 为 pool 时，要在 pools 里写明哪些呈报单位合并计算"),
    ],
)
def test_words_that_would_leave_everybody_out_or_mean_nothing(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = RULES.read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "rules.yaml"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(PolicyError, match=re.escape(said)):
        load_policy(path)
