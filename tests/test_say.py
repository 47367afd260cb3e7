"""现行规则说成中文：条款一条不少，不露英文标识；rules.schema.json 与程序一致。"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from appraisal.fresh import EXAMPLES, ROOT
from appraisal.policy.load import load_policy, schema
from appraisal.policy.say import sentences
from appraisal.policy.say.clauses import clause_key, numeral
from appraisal.policy.shape import Approval, Entry, Policy, Publicity, SmallUnits, Ties


@pytest.fixture(params=EXAMPLES)
def policy(request: pytest.FixtureRequest) -> Policy:
    return load_policy(EXAMPLES[request.param] / "rules.yaml")


def entries(node: object) -> Iterator[Entry]:
    """Every rule in a policy, however deep."""
    if isinstance(node, Entry):
        yield node
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from entries(getattr(node, name))
    elif isinstance(node, tuple):
        for item in node:
            yield from entries(item)


def text_of(policy: Policy) -> str:
    return "\n".join(sentences(policy))


def wenzhou() -> Policy:
    return load_policy(ROOT / "rules.yaml")


# ---- 完整 --------------------------------------------------------------------------------------------------------------


def test_every_rule_cites_its_clause_or_its_assumption(policy: Policy) -> None:
    text = text_of(policy)
    found = list(entries(policy))
    assert len(found) > 30
    for entry in found:
        assert (f"（{entry.clause}）" if entry.clause else f"【配置值，方案未规定：{entry.assumed}】") in text


def test_every_kind_sheet_band_and_item_is_named(policy: Policy) -> None:
    text = text_of(policy)
    words = [rule.kind for rule in policy.circumstances]
    words += [word for entry in policy.inputs for word in (entry.name, *entry.sheets)]
    words += [word for band in policy.bands.rows for word in (band.name, *band.levels, *band.posts)]
    words += [entry.action for entry in policy.consequences] + [entry.name for entry in policy.deadlines]
    words += [item.name for sheet in policy.item_sheets for item in sheet.items]
    words += [part.name for rule in policy.scores for part in rule.parts] + [rule.category for rule in policy.adjustments]
    assert [word for word in words if word not in text] == []


def test_no_english_identifier_leaks(policy: Policy) -> None:
    text = text_of(policy)
    for entry in entries(policy):
        text = text.replace(entry.assumed or "\0", "")  # the workplace's own words
    assert re.findall(r"[A-Za-z]+", text) == []


def test_no_sentence_is_broken(policy: Policy) -> None:
    for line in sentences(policy):
        assert not re.search(r"：：|，，|。。|；。|：。|、、|（）|None|\{|\}|  ", line), line


def test_a_console_in_gbk_can_show_it(policy: Policy) -> None:
    text_of(policy).encode("gbk")


# ---- 次序 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "key"),
    [
        ("二", (2,)),
        ("二5", (2, 5)),
        ("四（三）1（2）", (4, 3, 1, 2)),
        ("三（二）3、4", (3, 2, 3)),
        ("二（考核等次及比例）", (2, 99)),
        ("十二", (12,)),
        ("附件4", (90, 4)),
        ("通知、五4", (0,)),
    ],
)
def test_clauses_have_an_order(clause: str, key: tuple[int, ...]) -> None:
    assert clause_key(clause) == key


def test_sections_follow_the_regulation() -> None:
    heads = [line for line in sentences(wenzhou()) if re.match("[一二三四五六七八九十]+、", line)]
    assert heads == [
        "一、考核对象",
        "二、特殊情形",
        "三、几条同时适用时的先后",
        "四、要交的材料",
        "五、等次怎样产生",
        "六、好等次的比例",
        "七、审定",
        "八、公示",
        "九、期限",
        "十、与年度考核挂钩",
        "十一、结果怎样用",
        "十二、备案表的行",
        "十三、其他约定",
    ]


@pytest.mark.parametrize(("count", "said"), [(1, "一"), (10, "十"), (13, "十三"), (20, "二十"), (21, "二十一")])
def test_sections_are_numbered(count: int, said: str) -> None:
    assert numeral(count) == said


# ---- 内容 --------------------------------------------------------------------------------------------------------------


def test_sentences_of_wenzhou() -> None:
    text = text_of(wenzhou())
    assert "24 人参加 → 9 个名额" in text
    assert "好等次的人数原则上不超过实际参加考核的人数（包括不确定等次的，不包括未参加考核的）的 40%，各呈报单位分别计算（四（三）3）。" in text
    assert "警告（6 个月）、记过（12 个月）、记大过（18 个月）、降级（24 个月）、撤职（24 个月）（二4）。" in text
    assert "病假、事假累计超过当季工作日的一半（正好一半不算）（二2）。" in text
    assert "出勤率低于 80%：等次不得高于一般；正好 80% 不受影响（四（三）4（3））。" in text
    assert "有拒不参加的：经教育后拒不改正的，确定为不称职等次（应当）；符合这一条的，只提这一条（五（一））。" in text
    assert "好不少于 2 次，无一般、较差的：优秀等次人选来源（原则上）（五（一））。" in text
    assert "报送备案表和名单表：每季度结束后次月 20 日前（含当日）（四（三）5）。" in text


def test_sentences_of_jining() -> None:
    text = text_of(load_policy(EXAMPLES["jining-commerce"] / "rules.yaml"))
    assert "好等次的人数不得超过实际参加考核的人数" in text
    assert "不低于 85 分为好，不低于 75 分为较好，不低于 60 分为一般，其余为较差" in text
    assert "业务经办指标 30%（最高 30 分）" in text
    assert "警告：等次不得高于较好；开始日期所在的这一年都算（五5）。" in text
    assert "公示各等次结果，不少于 3 个工作日（三（二）5）。" in text
    assert "考核领导小组审定：每季度结束后 10 天内，遇休息日顺延到下一个工作日（三（二）4）。" in text
    assert "对结果有异议的，收到之日起 5 个工作日内答复（三（二）5）。" in text


def test_sentences_of_the_development_commission() -> None:
    text = text_of(load_policy(EXAMPLES["development-reform"] / "rules.yaml"))
    assert "在编在岗的考核对象总人数" in text
    assert "总共 24 人 → 9 个名额" in text
    assert "分管领导打分：《分管领导打分表》的得分栏，几个人打分的取平均，占 40%【配置值，方案未规定：方案没有规定权重，取 40%】。" in text
    assert "未完成重点任务 -5 到 0 分" in text
    assert "全部等次须经委主要负责同志审定" in text


def test_other_choices_are_said_too() -> None:
    policy = wenzhou()
    cap = policy.cap.model_copy(update={"base": "graded", "scope": "category", "excess": "lowered"})
    pool = SmallUnits.model_validate({"assumed": "合并", "method": "pool", "pools": [["甲站", "乙站"], ["丙站", "丁站"]]})
    changed = policy.model_copy(
        update={
            "cap": cap.model_copy(update={"small_units": pool}),
            "ties": Ties.model_validate({"clause": "九", "keys": ["业务分", "出勤"]}),
            "approval": Approval.model_validate({"clause": "十", "required": True}),
            "publicity": Publicity.model_validate({"clause": "十一", "grades": ["好", "较差"], "workdays": 5}),
        }
    )
    text = text_of(changed)
    assert "24 人确定等次 → 9 个名额" in text
    assert "按人员类别分别计算" in text
    assert "下列呈报单位合并计算名额：甲站、乙站；丙站、丁站【配置值，方案未规定：合并】。" in text
    assert "依次比较业务分、出勤，仍相同的由人研判（九）。" in text
    assert "须经领导审定" in text
    assert "公示等次为好、较差的人员，不少于 5 个工作日（十一）。" in text


# ---- rules.schema.json ---------------------------------------------------------------------------------------------------


def test_the_schema_is_not_stale() -> None:
    assert (ROOT / "rules.schema.json").read_text(encoding="utf-8") == schema(), "请运行 python process.py rules --schema > rules.schema.json"


def test_editors_find_the_schema() -> None:
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert list(settings["yaml.schemas"]) == ["./rules.schema.json"]
    for folder in EXAMPLES.values():
        first = (folder / "rules.yaml").read_text(encoding="utf-8").splitlines()[0]
        named = Path(folder, first.partition("$schema=")[2])
        assert named.resolve() == ROOT / "rules.schema.json"


def test_the_schema_knows_every_section() -> None:
    described = json.loads(schema())
    assert set(described["properties"]) == set(Policy.model_fields)
    assert described["additionalProperties"] is False


def test_the_guide_to_writing_rules_names_every_key() -> None:
    guide = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")
    described = json.loads(schema())
    keys = {key for shape in (described, *described["$defs"].values()) for key in shape.get("properties", ())}
    words = {word for shape in described["$defs"].values() for field in shape.get("properties", {}).values() for word in field.get("enum", ())}
    assert sorted(key for key in keys | words if not re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", guide)) == []
