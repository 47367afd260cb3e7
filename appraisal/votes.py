"""半年集中测评: the votes of a half-year, shown beside the year's results and never mapped to a grade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from appraisal.directory import Directory
from appraisal.model import UNIT, Period, Table, number, percent, who
from appraisal.problems import Problem
from appraisal.standard import HALF_YEAR_VOTES


def votes(tables: Sequence[Table], directory: Directory, year: int) -> Mapping[Period, Mapping[tuple[str, ...], str]]:
    """By half-year and person: 推荐优秀 12/15（80.00%）. Rows whose person cannot be told are left out."""
    found: dict[Period, dict[tuple[str, ...], str]] = defaultdict(dict)
    people = {person.index: person for person in directory.postings}
    for table in tables:
        if table.kind != HALF_YEAR_VOTES.title or table.period is None or table.period.year != year:
            continue
        for place, name in enumerate(table.names):
            index = directory.find(name, table.staff_nos[place], table.departments[place], table.units[place], table.title, table.cell(place, "姓名"))
            given, valid = (table.columns[item][place] for item in ("推荐优秀票数", "有效票数"))
            if isinstance(index, Problem) or not isinstance(given, int) or not isinstance(valid, int) or not valid:
                continue
            share = percent(Fraction(given, valid))
            found[table.period][who(people[index])] = f"推荐优秀 {number(Fraction(given, UNIT))}/{number(Fraction(valid, UNIT))}（{share}）"
    return found
