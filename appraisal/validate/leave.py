"""Days of leave on a paper form: in labelled cells, in a small grid, or in a sentence with blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appraisal.notation import BLANKS, amount, label, plain, words
from appraisal.problems import LEAVE_NOT_SPLIT, Problem
from appraisal.standard import LEAVE
from appraisal.validate.answer import Bad
from appraisal.validate.paper import Form, Place, Values
from appraisal.validate.values import read_days

_DAYS_IN_TEXT = re.compile(r"(病假|事假|旷工|年休假?|法定假期?|加班补休|补休)[^()\d病事旷年法加补]{0,4}[(]?\s*(\d+(?:\.\d+)?|半)?\s*[)]?\s*天")
_COMBINED = re.compile(r"((?:(?:病假|事假|年休假?|法定假期?|加班补休)[、和及,]?){2,})[^()\d]{0,4}[(]?\s*(\d+(?:\.\d+)?)?\s*[)]?\s*天")
_LONG = {"年休假": "年休", "法定假期": "法定假", "补休": "加班补休"}


def leave_days(form: Form, name: str, problems: list[Problem]) -> Values:
    """Days of leave, this month's and the year's, whether in labelled cells, a small grid, or a sentence with blanks."""
    values: Values = {}
    for row, place, value in form.filled(form.found.start):
        if isinstance(value, str) and "天" in value and "假" in value:
            _sentence(form, plain(value), (row, place), name, values, problems)
    seen: set[str] = set()
    for kind in LEAVE:
        for prefix in ("", "累计"):
            item = prefix + kind
            for where in form.labels.get(item, ()):
                for target, at in _day_cells(form, item, where):
                    seen.add(target)
                    raw = form.rows[at[0]][at[1]]
                    days = read_days(raw) if label(words(raw)) not in BLANKS or words(raw) == "0" else None
                    if isinstance(days, Bad):
                        problems.append(days.fault.at(form.cell(at), name, item=target, found=days.found))
                    else:
                        values.setdefault(target, (days, at))
    problems += [form.lacks(kind, name) for kind in ("病假", "事假") if kind not in values and kind not in seen]
    return values


def _day_cells(form: Form, item: str, at: Place) -> Iterator[tuple[str, Place]]:
    """The cells that hold a labelled number of days: right of the label, or below it in a grid with rows 本月 and 全年累计."""
    row, place = at
    right = next((spot for spot in range(place + 1, len(form.rows[row])) if (row, spot) in form.label_places or form.rows[row][spot] != ""), None)
    grid = row + 1 < len(form.rows) and (right is None or (row, right) in form.label_places)
    to_date = item.startswith("累计") or _is_to_date(form, row, place)
    bare = item.removeprefix("累计")
    if not grid or not _grid_below(form, row, place):
        spot = place + 1
        if spot < len(form.rows[row]) and (row, spot) not in form.label_places:
            filled = right if right is not None and (row, right) not in form.label_places else spot
            yield (f"累计{bare}" if to_date else bare), (row, filled)
        else:
            yield (f"累计{bare}" if to_date else bare), at if spot >= len(form.rows[row]) else (row, spot)
        return
    for below in range(row + 1, min(row + 3, len(form.rows))):
        heading = _row_heading(form, below, place)
        if below == row + 1 or "累计" in heading:
            yield (f"累计{bare}" if "累计" in heading else bare), (below, place)


def _grid_below(form: Form, row: int, place: int) -> bool:
    """True when the row below a row of leave labels holds their numbers (or 本月 stands at its head)."""
    spots = [spot for (line, spot) in form.label_places if line == row]
    below = form.rows[row + 1]
    if len(spots) < 2 or (row + 1, place) in form.label_places:
        return False
    if "本月" in _row_heading(form, row + 1, place):
        return True
    return amount(below[place]) is not None or all(below[spot] == "" or amount(below[spot]) is not None for spot in spots)


def _row_heading(form: Form, row: int, place: int) -> str:
    return "".join(words(value) for value in form.rows[row][:place] if isinstance(value, str))


def _is_to_date(form: Form, row: int, place: int) -> bool:
    """True when the words left of a label on its row say 全年累计 after any 本月."""
    heading = _row_heading(form, row, place)
    return heading.rfind("累计") > heading.rfind("本月")


def _sentence(form: Form, text: str, at: Place, name: str, values: Values, problems: list[Problem]) -> None:
    """本月请病假（2）天、事假（ ）天… 全年累计病假（5）天: days inside a sentence; one blank for several kinds only when it is 0."""
    for part, prefix in zip(re.split(r"(?:全年)?累计", text, maxsplit=1), ("", "累计"), strict=False):
        combined = _COMBINED.search(part)
        if combined:
            if (number := combined[2]) and float(number) != 0:
                problems.append(LEAVE_NOT_SPLIT.at(form.cell(at), name, item=prefix + combined[1].rstrip("、和及,"), found=number))
            for kind in re.findall("|".join(LEAVE), combined[1]):
                values[prefix + kind] = (None, at)
        for kind, number in _DAYS_IN_TEXT.findall(_COMBINED.sub("", part)):
            values[prefix + _LONG.get(kind, kind)] = (read_days("半天" if number == "半" else number), at)
