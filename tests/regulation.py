"""A regulation as cases: sentences an official would sign, each with the smallest setting it speaks of.

A file in tests/cases/ says which rules.yaml it is about and lists cases. The people of a case are one table: what was handed in left of the
arrow, what must come out of it right of the arrow:

    姓名  领导评价档次  病假  →  考核等次  依据代码
    张三  好            13    →  一般      ceiling

Left of the arrow stand columns of the standard sheets (人员名册, 季度评价汇总表, 出勤汇总表, a scoring sheet …); every value is written to
the sheets that have such a column, for each month or for the quarter as the sheet is handed in. `5/8/0` are three months one by one;
plain days are spread over the months; any other plain value stands in each. `情形` takes `警告 2021-08-16~2022-02-15 依据`, several
with `；`. `_` is an empty cell, `缺` leaves the person out of that sheet. Right of the arrow stand columns of the ledger, and 理由, which
must be part of 依据.

What the table does not say comes from `otherwise` of the file. `colleagues: 9` adds nine people about whom nothing is special.
`sheets` adds drawn sheets by file name (paper forms, ledgers of items), `without` takes generated ones away, `with` changes rules.yaml.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drawn import ROOT, changed_rules, xlsx
from ruamel.yaml import YAML

from appraisal.intake import Intake
from appraisal.model import Decision, Period, Span
from appraisal.notation import parse_period
from appraisal.pipeline import appraise, calendar_of
from appraisal.policy.load import load_policy
from appraisal.policy.shape import Policy
from appraisal.policy.standard import standard_for
from appraisal.read import read_book
from appraisal.recognise import recognise
from appraisal.result import Received, Result
from appraisal.standard import CIRCUMSTANCES, IDENTITY, ROSTER, Layout, SheetKind, Standard, Value
from appraisal.validate import validate

CASES = Path(__file__).parent / "cases"
ARROW = "→"
LEFT_OUT = "缺"


@dataclass(frozen=True)
class Case:
    """One sentence of a regulation with its setting and what must come out."""

    id: str
    clause: str
    sentence: str
    rules: Path
    period: str
    people: tuple[Mapping[str, str], ...]
    expected: tuple[Mapping[str, str], ...]
    otherwise: Mapping[str, str]
    colleagues: int = 0
    sheets: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    state: str = "final"
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    """What must not be said of anybody."""
    seats: Mapping[str, int] = field(default_factory=dict)
    matrix: Mapping[str, str] = field(default_factory=dict)
    filing: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """C15 四.三.4.3 应出勤62天…: written so that `pytest -k` can say it, which knows no brackets."""
        clause = re.sub("[（）]+", ".", self.clause).strip(".")
        return f"{self.id} {clause} {self.sentence}"


@functools.cache
def cases() -> list[Case]:
    """Every case of every file. Nothing found is an error: a glob that finds nothing must fail."""
    found = [case for path in sorted(CASES.glob("*.yaml")) for case in _cases_of(path)]
    assert found, "tests/cases 里没有案例"
    return found


def _cases_of(path: Path) -> Iterator[Case]:
    about = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    known = {"rules", "period", "otherwise", "cases"}
    assert about.keys() <= known, f"{path.name}：不认识的词 {about.keys() - known}"
    for said in about["cases"]:
        people, expected = _people(said.pop("people", ""))
        case = {
            "rules": (ROOT / about["rules"]).resolve(),
            "period": str(said.pop("period", about["period"])),
            "otherwise": {**about.get("otherwise", {}), **said.pop("otherwise", {})},
            "changes": tuple(tuple(change) for change in said.pop("with", ())),
            **{key: tuple(said.pop(key)) for key in ("errors", "warnings", "silent", "without") if key in said},
        }
        yield Case(people=people, expected=expected, **case, **said)


def _people(table: str) -> tuple[tuple[Mapping[str, str], ...], tuple[Mapping[str, str], ...]]:
    """The table of a case: what was handed in about each person, and what must come out."""
    lines = [line.split() for line in table.strip().splitlines()]
    if not lines:
        return (), ()
    head = lines[0]
    arrow = head.index(ARROW)
    for line in lines[1:]:
        assert len(line) == len(head), f"列数不对：{' '.join(line)}"
        assert line[arrow] == ARROW, f"箭头不在一列上：{' '.join(line)}"
    given = tuple({key: "" if value == "_" else value.replace("_", " ") for key, value in zip(head[:arrow], line[:arrow], strict=True)} for line in lines[1:])
    wanted = tuple(
        {"姓名": line[0]} | {key: "" if value == "_" else value for key, value in zip(head[arrow + 1 :], line[arrow + 1 :], strict=True)} for line in lines[1:]
    )
    return given, wanted


# ---- from the setting to the sheets ------------------------------------------------------------------------------------


def sheets_of(case: Case, standard: Standard, period: Period) -> dict[str, str]:
    """Every sheet of a case as a drawing, by file name."""
    everybody = [*case.people, *({"姓名": f"同事{_chinese(number)}"} for number in range(1, case.colleagues + 1))]
    drawn = {}
    for kind in standard.kinds:
        if kind.layout is not Layout.LIST:
            continue
        if kind.title == CIRCUMSTANCES.title:
            if rows := [row for person in everybody for row in _circumstances(person)]:
                drawn["特殊情形表.xlsx"] = _list("特殊情形表", ("姓名", "情形", "开始日期", "结束日期", "依据"), rows)
            continue
        whole = kind.span or Span.YEAR
        for number, part in enumerate(period.parts(whole) if kind.span else (period,)):
            count = len(period.parts(whole)) if kind.span else 1
            if sheet := _sheet(kind, everybody, case.otherwise, number, count):
                title = kind.title if kind.span is None else f"{kind.title}（{part}）"
                drawn[f"{kind.title}{'' if kind.span is None else part}.xlsx"] = _list(title, *sheet)
    unknown = set(case.without) - drawn.keys()
    assert not unknown, f"没有生成的表：{unknown}"
    return {name: text for name, text in drawn.items() if name not in case.without} | dict(case.sheets)


def _sheet(
    kind: SheetKind, everybody: Sequence[Mapping[str, str]], otherwise: Mapping[str, str], number: int, count: int
) -> tuple[Sequence[str], list[list[str]]] | None:
    """Header and rows of one sheet; None when nothing in the case belongs on it."""
    known = {column.name: column for column in kind.columns}
    said = list(dict.fromkeys(key for person in (*everybody, otherwise) for key in person))
    own = [key for key in said if key in known and (key not in IDENTITY or kind.title == ROSTER.title)]
    if not [key for key in own if key not in IDENTITY]:
        return None
    rows = []
    for person in everybody:
        values = {"姓名": person["姓名"], **{key: person.get(key, otherwise.get(key, "")) for key in own if key != "姓名"}}
        if LEFT_OUT not in values.values():
            rows.append([_part(text, known[key].value is Value.DAYS, number, count) for key, text in values.items()])
    return ["姓名", *(key for key in own if key != "姓名")], rows


def _part(text: str, is_days: bool, number: int, count: int) -> str:
    """What of a value stands on the sheet of the number-th month."""
    if count > 1 and "/" in text:
        return text.split("/")[number]
    if not is_days or count == 1 or not text.replace(".", "").isdigit():
        return text
    halves = int(float(text) * 2)
    mine = halves // count + (number < halves % count)
    return f"{mine / 2:g}" if mine else ""


def _circumstances(person: Mapping[str, str]) -> Iterator[list[str]]:
    for text in filter(None, person.get("情形", "").split("；")):
        kind, span, *basis = text.split(" ")
        first, _, last = span.partition("~")
        yield [person["姓名"], kind, first, last, " ".join(basis)]


def _list(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join([title, " | ".join(head), *(" | ".join(row) for row in rows)])


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else digits[tens]) + "十" if tens else "") + (digits[ones] if ones or not tens else "")


# ---- from the sheets to the result -------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def policy_with(rules: Path, changes: tuple[tuple[str, str], ...], folder: Path) -> tuple[Policy, Standard]:
    path = folder / f"rules-{hashlib.sha256(repr(changes).encode()).hexdigest()[:8]}.yaml"
    path.write_text(changed_rules(rules, changes), encoding="utf-8")
    policy = load_policy(path)
    return policy, standard_for(policy)


def received(drawings: Mapping[str, str | bytes], standard: Standard) -> Received:
    """What the reading stages make of drawn sheets, without any file or worker process."""
    intakes = []
    for name, drawing in sorted(drawings.items()):
        data = drawing if isinstance(drawing, bytes) else xlsx(drawing)
        book, problems = read_book(data, name)
        sheets, more = recognise(book, standard)
        found = [*problems, *more]
        tables = []
        for sheet in sheets:
            table, faults = validate(sheet, standard)
            tables.append(table)
            found += faults
        intakes.append(Intake(name, hashlib.sha256(data).hexdigest(), tuple(tables), tuple(found)))
    return Received(tuple(intakes), tuple(problem for intake in intakes for problem in intake.problems), 0)


def result_of(case: Case, folder: Path) -> Result:
    """The whole pipeline but reading files and writing them."""
    policy, standard = policy_with(case.rules, case.changes, folder)
    period = parse_period(case.period)
    assert period is not None
    return appraise(received(sheets_of(case, standard, period), standard), policy, calendar_of(policy, period), period)


def decision_of(result: Result, name: str, period: str = "") -> Decision:
    """The one decision about a person (of one month, where results are monthly)."""
    found = [decision for verdict in result.verdicts if period in ("", str(verdict.period)) for decision in verdict.decisions if decision.person.name == name]
    assert len(found) == 1, f"{name}有 {len(found)} 个结果"
    return found[0]
