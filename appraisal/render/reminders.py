"""催报: what each department still owes, in words that can be sent as they are, and the state of every material."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from appraisal.model import Arrivals, Cell, Period, Span, Table, Where, joined
from appraisal.notation import as_period, period_hint, plain
from appraisal.policy.shape import Policy
from appraisal.problems import MISSING_INPUT, Problem, visible

if TYPE_CHECKING:
    from appraisal.deadlines import Due
    from appraisal.result import Result

Place = tuple[str, str]
"""Reporting unit and department."""
ARRIVAL_COLUMNS = (("呈报单位", 16), ("科室", 16), ("材料", 18), ("周期", 14), ("状态", 8), ("缺报人员", 60))
NAME = "催报.txt"
NOTHING = "没有需要催报的材料。\n"
CHINA = dt.timezone(dt.timedelta(hours=8))
"""Where a day begins, whatever the clock of this machine is set to."""
_RULE = "=" * 40
_MOST_NAMES = 30


def written(text: str) -> bytes:
    """The text as a file every Notepad shows right."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig", "replace")


def reminders(
    matrix: Arrivals | None, policy: Policy, problems: Sequence[Problem], period: Period, dues: Sequence[Due] = (), tables: Sequence[Table] = ()
) -> str:
    """All departments' texts under each other, then the returned files that belong to no single department.

    `dues` give the dates by which things are due, `tables` tell whose a file is; without them, file and folder names do.
    """
    texts = department_texts(matrix, policy, problems, period, dues, tables)
    parts = [f"【{_title(place)}】\n{text}" for place, text in texts.items()]
    faulty = _returned(problems)
    owned = owners(matrix, tables, problems) if faulty else {}
    if rest := [line for file, line in faulty.items() if file not in owned]:
        listed = "".join(f"　　{number}. {line}\n" for number, line in enumerate(rest, 1))
        parts.append(f"【请人事科核对】\n　　以下退回的文件不属于一个科室，或看不出属于哪个科室，请核对后改正或转交：\n{listed}")
    if not parts:
        return NOTHING
    return f"{policy.regulation.organisation}{period.chinese}平时考核材料催报\n{_RULE}\n\n" + f"\n{_RULE}\n\n".join(parts)


def department_texts(
    matrix: Arrivals | None, policy: Policy, problems: Sequence[Problem], period: Period, dues: Sequence[Due] = (), tables: Sequence[Table] = ()
) -> dict[Place, str]:
    """The letter to each department that owes something, in the order of the matrix."""
    if matrix is None:
        return {}
    gaps = _gaps(matrix, policy)
    files: defaultdict[Place, list[str]] = defaultdict(list)
    faulty = _returned(problems)
    owned = owners(matrix, tables, problems) if faulty else {}
    for file, line in faulty.items():
        if file in owned:
            files[owned[file]].append(line)
    whens: dict[Place, list[Period]] = {place: [when for _, when in gaps.get(place, {})] or [period] for place in matrix.departments}
    terms = {late: _terms(late, policy, dues) for late in set(map(frozenset, whens.values()))}
    return {
        place: _letter(_lines(gaps.get(place, {}), policy), files[place], period, terms[frozenset(whens[place])])
        for place in matrix.departments
        if place in gaps or place in files
    }


# ---- one letter --------------------------------------------------------------------------------------------------------
Gaps = dict[tuple[str, Period], tuple[str, ...]]
"""Material and period → who is missing; nobody by name where nothing came at all.

Naming everybody who owes something would tell who does not: somebody under investigation has no grade and owes nothing.
"""


def _gaps(matrix: Arrivals, policy: Policy) -> dict[Place, Gaps]:
    known = {entry.name for entry in policy.inputs}
    found: defaultdict[Place, Gaps] = defaultdict(dict)
    for (unit, department, material, when), (expected, missing) in matrix.cells.items():
        if missing and material in known:
            found[unit, department][material, when] = () if len(missing) == expected else missing
    return dict(found)


def _lines(gaps: Gaps, policy: Policy) -> list[str]:
    """A line for each material and set of people, its periods together, in the order of the regulation."""
    needed = {entry.name: entry.need == "grade" for entry in policy.inputs}
    lines = []
    for name, is_needed in sorted(needed.items(), key=lambda item: not item[1]):
        together: defaultdict[tuple[str, ...], list[Period]] = defaultdict(list)
        for (material, when), people in gaps.items():
            if material == name:
                together[people].append(when)
        for people, periods in together.items():
            who = f"缺 {len(people)} 人（{joined([visible(person) for person in people], _MOST_NAMES)}）" if people else "全部未报"
            effect = "，未报前有关人员不能评定等次" if is_needed else ""
            lines.append(f"{name}：{'、'.join(when.chinese for when in sorted(periods))}，{who}{effect}；")
    return lines


def _letter(missing: Sequence[str], files: Sequence[str], period: Period, terms: Sequence[str]) -> str:
    """One department's text: what is missing, what came back, by when."""
    parts = [("尚未报送的材料", missing), ("已退回、请改正后重报的文件", files)]
    text = f"　　经核对，{period.chinese}平时考核材料中，贵处（科）室还有下列事项需要办理：\n"
    for number, (head, lines) in zip("一二", (part for part in parts if part[1]), strict=False):
        text += f"　　{number}、{head}\n"
        text += "".join(f"　　{place}. {line[:-1]}{'。' if place == len(lines) else '；'}\n" for place, line in enumerate(lines, 1))
    if files:
        text += "　　退回的文件已逐处标明问题，请按其中“退回说明”改正，改好后放回原处，文件名不变。\n"
    when = f"{'；'.join(terms)}。请抓紧办理，留出汇总和审核的时间；已过期限的，请尽快补报并说明原因。" if terms else "请尽快办理。"
    return f"{text}　　{when}如已报送，请与人事科核对。感谢支持！\n"


def _terms(periods: Collection[Period], policy: Policy, dues: Sequence[Due]) -> list[str]:
    """Each date by which something is due, with the matter and clause that set it."""
    found: defaultdict[tuple[dt.date, str, str], list[Period]] = defaultdict(list)
    for when in sorted(periods):
        if (due := due_of(when, policy, dues)) is not None and due.last_day is not None:
            found[due.last_day, due.matter, due.clause].append(when)
    return [f"{'、'.join(when.chinese for when in whens)}的期限是{_day(day)}（{matter}，{clause}）" for (day, matter, clause), whens in sorted(found.items())]


def due_of(when: Period, policy: Policy, dues: Sequence[Due]) -> Due | None:
    """The declared deadline of the shortest period that holds this one, the earliest if there are several."""
    declared = {deadline.name for deadline in policy.deadlines}
    for span in (Span.MONTH, Span.QUARTER, Span.YEAR):
        about = when.within(span)
        if not about.holds(when):
            continue
        dated = [due for due in dues if due.matter in declared and due.about == about.chinese and due.last_day is not None]
        if dated:
            return min(dated, key=lambda due: (due.last_day, due.matter))
    return None


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _title(place: Place) -> str:
    unit, department = place
    return visible(department if unit in ("", department) else f"{unit} {department}")


# ---- whose is a file ---------------------------------------------------------------------------------------------------
def _returned(problems: Sequence[Problem]) -> dict[str, str]:
    """Each returned file with the number of its errors. People missing from it are told as missing, not as errors."""
    errors: defaultdict[str, int] = defaultdict(int)
    for problem in problems:
        if problem.is_error and problem.cell.file and problem.code != MISSING_INPUT.code:
            errors[problem.cell.file] += 1
    return {file: f"{visible(file)}：{count} 处错误；" for file, count in sorted(errors.items())}


def owners(matrix: Arrivals | None, tables: Sequence[Table] = (), problems: Sequence[Problem] = ()) -> dict[str, Place]:
    """The one department each file is from: what its 科室 column says, else title, tab, file and folder names. Others are left out."""
    places = matrix.departments if matrix is not None else ()
    by_department: defaultdict[str, list[Place]] = defaultdict(list)
    for unit_and_department in places:
        by_department[plain(unit_and_department[1])].append(unit_and_department)
    said: defaultdict[str, set[Place | None]] = defaultdict(set)
    words: dict[str, str] = {problem.cell.file: f"{problem.cell.file}" for problem in problems if problem.cell.file}
    for table in tables:
        words[table.file] = f"{words.get(table.file, table.file)} {table.sheet} {table.title}"
        for department, unit in {(plain(department), plain(unit)) for department, unit in set(zip(table.departments, table.units, strict=True)) if department}:
            fits = [place for place in by_department[department] if unit in ("", plain(place[0]))]
            said[table.file].add(fits[0] if len(fits) == 1 else None)
    found: dict[str, Place] = {}
    for file, text in words.items():
        known = said.get(file) or {_named(plain(text), places)}
        place = next(iter(known)) if len(known) == 1 else None
        if place is not None:
            found[file] = place
    return found


def _named(text: str, places: Sequence[Place]) -> Place | None:
    """The one department a text names; the longer name wins over one inside it, the unit decides between namesakes."""
    fits = [place for place in places if place[1] and plain(place[1]) in text]
    fits = [place for place in fits if not any(plain(place[1]) != plain(other[1]) and plain(place[1]) in plain(other[1]) for other in fits)]
    units = {unit for unit, _ in places if unit and plain(unit) in text}
    if len({plain(department) for _, department in fits}) > 1:
        return None
    fits = [place for place in fits if not units or place[0] in units]
    return fits[0] if len(fits) == 1 else None


# ---- the state of each material ----------------------------------------------------------------------------------------
def arrival_rows(
    matrix: Arrivals | None,
    policy: Policy,
    problems: Sequence[Problem] = (),
    dues: Sequence[Due] = (),
    sheets: Mapping[Where, Cell] | None = None,
    dated: Mapping[Where, dt.date] | None = None,
    tables: Sequence[Table] = (),
) -> Iterator[tuple[str, ...]]:
    """呈报单位 科室 材料 周期 状态 缺报人员, for each department and material.

    `sheets` are the tabs in which departments handed in, `dated` the days on which those files were last saved.
    """
    if matrix is None:
        return
    faulty = {(problem.cell.file, tab) for problem in problems if problem.is_error and problem.code != MISSING_INPUT.code for tab in (problem.cell.sheet, "")}
    whole = {problem.cell.file for problem in problems if problem.is_error and problem.cell.file and not problem.cell.sheet}
    errors = any(problem.is_error for problem in problems)
    refused = _refused(matrix, policy, problems, owners(matrix, tables, problems)) if errors else set()
    alike = _tabs_alike(tables)
    due_by = {when: due_of(when, policy, dues) for _, when in matrix.columns}
    for unit, department in matrix.departments:
        for material, when in matrix.columns:
            where = (unit, department, material, when)
            expected, missing = matrix.cells.get(where, (0, ()))
            if not expected:
                continue
            cell = (sheets or {}).get(where)
            tabs = (cell.sheet, *alike.get((cell.file, cell.sheet), ())) if cell is not None else ()
            back = cell is not None and (cell.file in whole or any((cell.file, tab) in faulty for tab in tabs))
            state = "退回" if back or (len(missing) == expected and where in refused) else matrix.word(where)
            due = due_by[when]
            day = (dated or {}).get(where)
            if state == "已报" and day is not None and due is not None and due.last_day is not None and day > due.last_day:
                state = "迟报"
            yield unit, department, material, when.chinese, state, "、".join(map(visible, missing))


def _tabs_alike(tables: Sequence[Table]) -> Mapping[tuple[str, str], Sequence[str]]:
    """File and tab → the tabs of that file with the same sheet for the same period: paper forms come one person a tab."""
    groups: defaultdict[tuple[str, str, Period | None], list[str]] = defaultdict(list)
    for table in tables:
        groups[table.file, table.kind, table.period].append(table.sheet)
    return {(file, tab): tabs for (file, _, _), tabs in groups.items() for tab in tabs}


def arrived(result: Result) -> Iterator[tuple[str, ...]]:
    """The same for a whole run."""
    saved = {intake.file: dt.datetime.fromtimestamp(intake.changed, CHINA).date() for intake in result.intakes if intake.changed}
    dated = {where: saved[cell.file] for where, cell in result.sheets.items() if cell.file in saved}
    return arrival_rows(result.matrix, result.policy, result.problems, result.dues, result.sheets, dated, result.tables)


def _refused(matrix: Arrivals, policy: Policy, problems: Sequence[Problem], owned: Mapping[str, Place]) -> set[Where]:
    """What files that could not be used would have been, by their names: for the state shown, for nothing else."""
    titles = {entry.name: (entry.name, *entry.sheets) for entry in policy.inputs}
    found: set[Where] = set()
    for problem in problems:
        place = owned.get(problem.cell.file)
        if not problem.is_error or place is None:
            continue
        text = f"{problem.cell.file} {problem.cell.sheet}"
        hint = period_hint(text)
        for material, when in matrix.columns:
            if as_period(hint, when.span) == when and any(title in text for title in titles.get(material, ())):
                found.add((*place, material, when))
    return found
