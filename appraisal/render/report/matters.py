"""What the leaders have to look at: contested cases, people who moved up or down, problems by department."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct, field

from appraisal.model import Code, Decision, Filed, Grade, Person, Status, Table, shown, who
from appraisal.problems import FAULTS, Problem
from appraisal.render.filing import result_on_form
from appraisal.render.report.figures import Previous, period_before, short
from appraisal.result import Result

NOBODY = "—"
ELSEWHERE = "不能归到一个科室的"


class Open(Struct, frozen=True):
    """Somebody whose result waits for a person or for a corrected sheet: who, what the rules say, why, under which clause."""

    period: str
    unit: str
    department: str
    name: str
    score: str
    proposed: str
    why: str
    clause: str


def open_cases(result: Result, status: Status) -> list[Open]:
    """Everybody with this status (待研判, 待处理); those who share a contest stand together."""
    found = [decision for decision in result.decisions if decision.result is status]
    first: dict[str, int] = {}
    places = [first.setdefault(f"{decision.proposal.standing.period}{decision.reasons[-1].text}", place) for place, decision in enumerate(found)]
    return [_open(decision, result) for _, decision in sorted(zip(places, found, strict=True), key=lambda pair: pair[0])]


def _open(decision: Decision, result: Result) -> Open:
    person, reason, score = decision.person, decision.reasons[-1], decision.proposal.standing.score
    points = shown(score.value, result.policy.places(score.name)) if score is not None and score.value is not None else ""
    return Open(
        short(decision.proposal.standing.period), person.unit, person.department, person.name, points, str(decision.proposed or ""), reason.text, reason.clause
    )


def ruled(result: Result) -> list[Open]:
    """Results that leaders have set otherwise than proposed."""
    return [_open(decision, result) for decision in result.decisions if decision.code is Code.RULING and decision.result != decision.proposed]


# ---- what changed since the last filed period --------------------------------------------------------------------------


class Shift(Struct, frozen=True):
    """One person's results side by side, where they are not all the same."""

    kind: str
    department: str
    name: str
    results: tuple[str, ...]


FALLEN, OTHER, RISEN, NEW, GONE = KINDS_OF_SHIFT = ("下降", "其他变化", "上升", "新列入", "不再列入")


class _Course(Struct):
    """One person's results so far, by column."""

    department: str
    name: str
    results: dict[int, str] = field(default_factory=dict)


def shifts(result: Result, previous: Previous) -> tuple[list[str], list[Shift]]:
    """The periods compared, and everybody whose result differs between them, falls first. Nothing with fewer than two periods."""
    before = period_before(result, previous)
    if len(result.verdicts) + (before is not None) < 2:
        return [], []
    columns = [f"{before.chinese}（已备案）"] if before is not None else []
    courses: dict[tuple[str, ...], _Course] = {}
    if before is not None:
        for filed in previous[before]:
            _told(courses, filed.who, filed, 0, str(filed.result))
    for verdict in result.verdicts:
        for decision in verdict.decisions:
            if decision.result is not None:
                _told(courses, who(decision.person), decision.person, len(columns), result_on_form(decision))
        columns.append(verdict.period.chinese)
    found = [_shift(course, len(columns)) for course in courses.values() if _moved(course, len(columns))]
    return columns, sorted(found, key=lambda shift: KINDS_OF_SHIFT.index(shift.kind))


def _told(courses: dict[tuple[str, ...], _Course], key: tuple[str, ...], about: Person | Filed, column: int, outcome: str) -> None:
    course = courses.setdefault(key, _Course("", ""))
    course.department, course.name = about.department, about.name
    course.results[column] = outcome


def _moved(course: _Course, columns: int) -> bool:
    """True when the results differ, or somebody is missing who is assessed here in another period."""
    outcomes = set(course.results.values())
    return len(outcomes) > 1 or (len(course.results) < columns and str(Status.OUT_OF_SCOPE) not in outcomes)


def _shift(course: _Course, columns: int) -> Shift:
    results = tuple(course.results.get(column, NOBODY) for column in range(columns))
    first, last = results[0], results[-1]
    grades = [str(grade) for grade in Grade]
    if first == NOBODY or last == NOBODY:
        kind = NEW if first == NOBODY else GONE
    elif first in grades and last in grades and first != last:
        kind = FALLEN if grades.index(first) < grades.index(last) else RISEN
    else:
        kind = OTHER
    return Shift(kind, course.department, course.name, results)


# ---- problems by department --------------------------------------------------------------------------------------------


class Trouble(Struct):
    """The problems of one department: how many of each severity, and what they mostly are."""

    department: str
    errors: int = 0
    warnings: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def mostly(self) -> str:
        """The three commonest kinds: 应报而未报 3、…."""
        most = sorted(self.kinds.items(), key=lambda item: (-item[1], item[0]))
        more = f" 等{len(most)}类" if len(most) > 3 else ""
        return "；".join(f"{kind}（{count}）" for kind, count in most[:3]) + more


def troubles(result: Result) -> list[Trouble]:
    """Departments with problems, most errors first."""
    found: dict[str, Trouble] = {}
    places = _departments(result)
    files = _files(result.problems, result)
    for problem in result.problems:
        department = _department(problem, places) or files.get(problem.cell.file, "") or ELSEWHERE
        trouble = found.setdefault(department, Trouble(department))
        trouble.errors += problem.is_error
        trouble.warnings += not problem.is_error
        trouble.kinds[FAULTS[problem.code].meaning] += 1
    return sorted(found.values(), key=lambda trouble: (trouble.department == ELSEWHERE, -trouble.errors, -trouble.warnings))


Places = dict[str, frozenset[str]]
"""Names → the departments in which somebody has that name."""


@lru_cache(maxsize=1)
def _departments(result: Result) -> Places:
    people = [decision.person for decision in result.decisions]
    several = len({person.unit for person in people}) > 1
    found: defaultdict[str, set[str]] = defaultdict(set)
    for person in people:
        found[person.name].add(f"{person.unit}　{person.department}" if several else person.department)
    return {name: frozenset(departments) for name, departments in found.items()}


def _department(problem: Problem, places: Places) -> str:
    """The one department in which all the people named are; empty when there is none."""
    named = [places.get(name, frozenset()) for name in problem.name.split("、")] if problem.name else []
    common = frozenset.intersection(*named) if named else frozenset()
    return next(iter(common)) if len(common) == 1 else ""


def _files(problems: Sequence[Problem], result: Result) -> dict[str, str]:
    """Files with problems whose people are all of one department."""
    wanted = {problem.cell.file for problem in problems if problem.cell.file}
    places = _departments(result)
    found = {}
    for intake in result.intakes:
        if intake.file in wanted:
            named = list(_named(intake.tables, places))
            common = frozenset.intersection(*named) if named else frozenset()
            if len(common) == 1:
                found[intake.file] = next(iter(common))
    return found


def _named(tables: Iterable[Table], places: Places) -> Iterator[frozenset[str]]:
    for table in tables:
        yield from (places[name] for name in table.names if name in places)
