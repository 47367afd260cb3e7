"""What a case may show besides its table: scores, dates, the public notice, the quarter's reference, recalls, and the year.

A case of tests/cases/*.yaml says it under `otherwise: {shows: …}` (columns of no sheet, so the sheets of the case do not change):

    得分: {张一: "71.43"}                          the score in the period of the case (or by period: {张一: {2020-04: …}})
    提示: [同一事项填了两次]                       words of a problem line
    期限: {公示 2020年5月: 2020-05-25}             last day of something due, by matter and what it is about
    公示: [张一 好, 张二 较好]                     who is made public, in order; 公示写明: words of the notice
    参考: {张一: 80.00 较好}                       the quarter's reference under monthly results
    存档: {张一: {2020-03: 好}}                    results filed before the run, for 复查
    复查: [补定等次 张一 2020年2月、2020年3月]     what they are to be looked at again for; 变更: [张一 不确定等次→较好]
    年度: {好×6 较好×6: [优秀等次人选来源（应当）]}  what the results of a year propose
    名单: {好×3 一般×9: 3次 …}                     the line of the list 好等次2次以上, nothing where not listed
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regulation import Case, policy_with, received, sheets_of
from ruamel.yaml import YAML
from test_year import filed, year_of

from appraisal.model import Filed, Grade, Period, shown
from appraisal.notation import parse_period
from appraisal.pipeline import appraise, calendar_of
from appraisal.render.notice import notice_values
from appraisal.result import Memory, Result

SHOWS = "shows"
YEAR_CASES = Path(__file__).parent / "cases" / "year.yaml"


def shows(case: Case) -> Mapping[str, Any]:
    """What a case shows besides its table; empty for most."""
    found: Mapping[str, Any] = case.otherwise.get(SHOWS, {})  # type: ignore[assignment]
    assert found.keys() <= {*CHECKS, "存档"}, f"{case.id}：不认识的词 {found.keys() - CHECKS.keys()}"
    return found


def check(case: Case, folder: Path) -> None:
    """Runs the case once more, with what was filed before it, and compares everything it shows."""
    policy, standard = policy_with(case.rules, case.changes, folder)
    period = parse_period(case.period)
    assert period is not None
    found = shows(case)
    archived = _archived(found.get("存档", {}))
    memory = Memory(archived, {filed_for: (filings,) for filed_for, filings in archived.items()})
    result = appraise(received(sheets_of(case, standard, period), standard), policy, calendar_of(policy, period), period, memory)
    for word, wanted in found.items():
        if word != "存档":
            CHECKS[word](result, case, wanted)


def _archived(said: Mapping[str, Mapping[str, str]]) -> Mapping[Period, Sequence[Filed]]:
    found: dict[Period, list[Filed]] = {}
    for name, results in said.items():
        for written, word in results.items():
            period = parse_period(str(written))
            assert period is not None
            found.setdefault(period, []).append(filed(period, name, word.removesuffix("等次") if word == "不确定等次" else word, unit="济宁市商务局"))
    return found


# ---- one check a word --------------------------------------------------------------------------------------------------


def _scores(result: Result, _: Case, wanted: Mapping[str, Any]) -> None:
    for name, said in wanted.items():
        by_period = said if isinstance(said, Mapping) else {str(result.period): said}
        for period, value in by_period.items():
            scores = [
                decision.proposal.standing.score
                for verdict in result.verdicts
                if str(verdict.period) == str(period)
                for decision in verdict.decisions
                if decision.person.name == name
            ]
            assert len(scores) == 1, f"{name} {period}"
            got = "无" if scores[0] is None or scores[0].value is None else shown(scores[0].value, 2)
            assert got == str(value), f"{name} {period}"


def _said(result: Result, _: Case, wanted: Sequence[str]) -> None:
    lines = "\n".join(map(str, result.problems))
    assert [words for words in wanted if words not in lines] == [], lines


def _dates(result: Result, _: Case, wanted: Mapping[str, Any]) -> None:
    got = {f"{due.matter} {due.about}": str(due.last_day or due.note) for due in result.dues}
    assert {key: got.get(key) for key in wanted} == {key: str(value) for key, value in wanted.items()}, got


def _notice(result: Result, _: Case, wanted: Sequence[str]) -> None:
    people = [line for verdict in result.verdicts for line in _named(result, verdict)["people"]]
    assert [f"{line.name} {line.grade}" for line in people] == list(wanted)


def _notice_words(result: Result, _: Case, wanted: Sequence[str]) -> None:
    text = " ".join(str(value) for verdict in result.verdicts for value in _named(result, verdict).values())
    assert [words for words in wanted if words not in text] == [], text


def _named(result: Result, verdict: Any) -> dict[str, Any]:
    assert result.calendar is not None
    return notice_values(verdict, result.policy, "", result.calendar)


def _reference(result: Result, _: Case, wanted: Mapping[str, str]) -> None:
    assert result.reference is not None
    got = {}
    for decision in result.reference.decisions:
        score = decision.proposal.standing.score
        got[decision.person.name] = f"{shown(score.value, 2) if score and score.value is not None else '无'} {decision.proposed}"
    assert {name: got[name] for name in wanted} == dict(wanted)


def _recalls(result: Result, _: Case, wanted: Sequence[str]) -> None:
    assert [f"{found.what} {found.person.name} {'、'.join(period.chinese for period in found.periods)}" for found in result.recalls] == list(wanted)


def _changes(result: Result, _: Case, wanted: Sequence[str]) -> None:
    assert [f"{change.person.name} {change.before}→{change.after}" for change in result.changes] == list(wanted)


def _year(_: Result, case: Case, wanted: Mapping[str, Sequence[str]]) -> None:
    for results, advice in wanted.items():
        got = [found.text for found in year_of(case.rules, results).people[0].advice]
        assert got == list(advice), f"{results}：{got}"


def _listed(_: Result, case: Case, wanted: Mapping[str, str]) -> None:
    for results, line in wanted.items():
        got = [f"{person.count(Grade.GOOD)}次 {person.list_note}".strip() for person in year_of(case.rules, results).listed]
        assert got == ([line] if line else []), results


CHECKS: dict[str, Callable[[Result, Case, Any], None]] = {
    "得分": _scores,
    "提示": _said,
    "期限": _dates,
    "公示": _notice,
    "公示写明": _notice_words,
    "参考": _reference,
    "复查": _recalls,
    "变更": _changes,
    "年度": _year,
    "名单": _listed,
}


# ---- the year's cases --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearLine:
    """A person's year of tests/cases/year.yaml, with the clauses its reason names."""

    regulation: str
    results: str
    advice: tuple[str, ...]
    listed: str
    because: str


def year_lines() -> Iterator[YearLine]:
    for regulation, said in YAML(typ="safe").load(YEAR_CASES.read_text(encoding="utf-8"))["otherwise"].items():
        for person in said["people"]:
            yield YearLine(regulation, person["全年"], tuple(person["建议"]), person.get("名单", ""), person["因为"])
