"""Writes docs/clauses.md: clause by clause how the three regulations are read, the sentences that test it, and where it is computed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulation import Case
    from regulation_more import YearLine

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "clauses.md"
HEAD = """# 条款对照

三个办法逐条对照：条款怎样读，用哪几句可以签字的话检验，由哪个模块计算。

- “规则”是程序按 rules.yaml 说出来的话（`python process.py rules`），也就是所取的读法；【配置值，方案未规定】是原文没有写、由单位选定的。
- 编号（A01、B07、C12……）是条目，A-a 这样带字母的是原文不明之处所取的读法。运行 `pytest -k B07` 或 `pytest -k 三.二.4` 可以单独检验。
- 同一句话由几个模块一起算的，都写出来，路径从 `appraisal/` 算起；`validate`、`recognise` 是整个一步（收表、验表）。

<!-- 本页由 tools/make_clauses_page.py 根据 tests/cases/ 和三份 rules.yaml 生成，请不要手改。 -->
"""
REGULATIONS = {"rules.yaml": "温州", "examples/jining-commerce/rules.yaml": "济宁", "examples/development-reform/rules.yaml": "市发改委"}
BY_CODE = {
    "rating": ("grade",),
    "band": ("score/points.py", "grade"),
    "rank": ("score/points.py", "decide.py"),
    "cap": ("decide.py",),
    "tie": ("decide.py",),
    "over-rated": ("decide.py",),
    "ruling": ("rule.py",),
    "problem": (),
}
"""Which module gives a result its code; the package grade for all others."""
BY_SIGN = {
    "工作台账": "score/ledger.py",
    "完成情况": "score/ledger.py",
    "事项类别": "score/adjust.py",
    "分管领导签字": "score/raters.py",
    "病假": "score/attendance.py",
    "事假": "score/attendance.py",
}
"""Columns and titles that tell which part of the scoring is at work."""
BY_SHOWN = {
    "得分": "score/points.py",
    "期限": "deadlines.py",
    "公示": "render/notice.py",
    "公示写明": "render/notice.py",
    "参考": "decide.py",
    "复查": "recall.py",
    "变更": "recall.py",
    "年度": "year.py",
    "名单": "year.py",
}


def page() -> str:
    """The whole page as Markdown."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from regulation import cases
    from regulation_more import year_lines

    faults = _fault_modules()
    parts = [HEAD]
    for rules, name in REGULATIONS.items():
        said = _sentences(ROOT / rules)
        parts += _regulation(name, [case for case in cases() if case.rules == (ROOT / rules).resolve()], said, faults)
        parts += _year([line for line in year_lines() if line.regulation == name])
    return "\n".join(parts)


def _regulation(name: str, cases: Sequence[Case], said: Mapping[str, Sequence[str]], faults: Mapping[str, Sequence[str]]) -> Iterator[str]:
    from appraisal.policy.load import load_policy

    policy = load_policy(cases[0].rules)
    yield f"## {name}：{policy.regulation.title}\n"
    for is_reading, title in ((False, "条款"), (True, "原文不明之处所取的读法")):
        chosen = [case for case in cases if ("-" in case.id) is is_reading]
        if is_reading:
            yield f"### {title}\n"
            yield from _table(chosen, faults, with_clause=True)
            continue
        for clause in dict.fromkeys(case.clause for case in chosen):
            yield f"### {clause}\n"
            yield from (f"> 规则：{sentence}\n" for sentence in said.get(clause, ()))
            yield from _table([case for case in chosen if case.clause == clause], faults)


def _table(cases: Sequence[Case], faults: Mapping[str, Sequence[str]], *, with_clause: bool = False) -> Iterator[str]:
    yield "| 编号 | 条款 | 检验的话 | 计算 |" if with_clause else "| 编号 | 检验的话 | 计算 |"
    yield "|---|---|---|---|" if with_clause else "|---|---|---|"
    for case in cases:
        where = "、".join(f"`{module}`" for module in computed(case, faults))
        yield f"| {case.id} |{f' {case.clause} |' if with_clause else ''} {case.sentence} | {where} |"
    yield ""


def _year(lines: Sequence[YearLine]) -> Iterator[str]:
    yield "### 与年度考核挂钩：全年结果和建议\n"
    yield "| 全年 | 建议 | 依据的条款 |"
    yield "|---|---|---|"
    for line in lines:
        yield f"| {line.results} | {'；'.join(line.advice) or '—'} | {line.because} |"
    yield "\n由 `year.py` 计算。\n"


# ---- where it is computed ----------------------------------------------------------------------------------------------


def computed(case: Case, faults: Mapping[str, Sequence[str]]) -> list[str]:
    """The modules that a case rests on: by the codes and problems it expects, and by what it is about."""
    from regulation_more import shows

    found = [module for line in case.expected for module in BY_CODE.get(line.get("依据代码", "problem"), ("grade",))]
    found += [module for code in (*case.errors, *case.warnings) for module in faults[code]]
    words = " ".join([*(key for person in case.people for key in person), *case.sheets.values()])
    found += [module for sign, module in BY_SIGN.items() if sign in words]
    found += [BY_SHOWN[word] for word in shows(case) if word in BY_SHOWN]
    found += ["decide.py"] * bool(case.seats) + ["arrived.py"] * bool(case.matrix) + ["render/filing.py"] * bool(case.filing)
    found += ["rulings.py", "rule.py"] * ("审定表" in words)
    return list(dict.fromkeys(found or ["grade"]))


def _fault_modules() -> dict[str, tuple[str, ...]]:
    """For each fault the stages that raise it."""
    from appraisal import problems

    names = {name: fault.code for name, fault in vars(problems).items() if isinstance(fault, problems.Fault)}
    found: dict[str, list[str]] = {code: [] for code in names.values()}
    for path in sorted((ROOT / "appraisal").rglob("*.py")):
        if path.name not in ("problems.py", "pipeline.py"):
            text = re.sub(r"^from appraisal\.problems import (\([^)]*\)|.*)$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            for name in names.keys() & set(re.findall(r"\b[A-Z][A-Z_]+\b", text)):
                found[names[name]].append(path.relative_to(ROOT / "appraisal").parts[0])
    return {code: tuple(dict.fromkeys(stages)) for code, stages in found.items()}


# ---- how the rules say it ----------------------------------------------------------------------------------------------


def _sentences(rules: Path) -> dict[str, list[str]]:
    """The sentences of `rules` by the clause that each names at its end."""
    from appraisal.policy.load import load_policy
    from appraisal.policy.say import sentences

    found: dict[str, list[str]] = {}
    for line in sentences(load_policy(rules)):
        if (match := re.search(r"（((?:[^（）]|（[^（）]*）)+)）。?(?:由下面各项组成：)?$", line.strip())) is not None:
            for clause in clauses(match[1]):
                found.setdefault(clause, []).append(line.strip().removesuffix("由下面各项组成："))
    return found


def clauses(said: str) -> Iterable[str]:
    """三（二）3、4 → 三（二）3 and 三（二）4."""
    before = ""
    for part in said.split("、"):
        before = re.sub(r"\d+$", "", before) + part if part.isdigit() else part
        yield before


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}")
