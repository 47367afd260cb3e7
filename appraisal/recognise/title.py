"""Which standard sheet a title names, and which period the places around a sheet name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from appraisal.model import Cell, Period, Span
from appraisal.notation import PeriodHint, agreed, as_period, label, period_hint, plain
from appraisal.problems import NO_PERIOD, PERIODS_DISAGREE, Problem
from appraisal.standard import SheetKind, Standard

FIRST_ROWS = 15
_TAIL = re.compile(r"(?:[(\[【][^()\[\]【】]*[)\]】]|[\d年月季度第份周QqHh._\-—~至上下半一二三四十]+)$")
_PERIOD_LINE = re.compile(r"[(\[【]?\s*(?:20\d\d|[(]?\s*\d{1,2}\s*[)]?\s*月|第\s*[(]?\s*[1-4一二三四]).{0,14}[)\]】]?")
SPANS = {Span.MONTH: ("月份", "2021-10"), Span.QUARTER: ("季度", "2021Q4"), Span.HALF: ("半年", "2021年上半年"), Span.YEAR: ("年度", "2021年")}


@lru_cache(maxsize=16384)
def kind_titled(text: str, standard: Standard) -> SheetKind | None:
    """The sheet a title names: 办公室2021年10月出勤汇总表 → 出勤汇总表; a sentence that merely mentions one names none."""
    if not _holds_title(standard).search(wording := label(text)) or len(wording) > 60:
        return None
    best: tuple[int, SheetKind] | None = None
    while True:
        for title, kind in _titles(standard):
            if wording.endswith(title) and (best is None or len(title) > best[0]):
                best = (len(title), kind)
        shorter = _TAIL.sub("", wording)
        if best or shorter == wording:
            return best[1] if best else None
        wording = shorter


@lru_cache(maxsize=8)
def _titles(standard: Standard) -> tuple[tuple[str, SheetKind], ...]:
    return tuple((label(title), kind) for kind in standard.kinds for title in (kind.title, *kind.aliases))


@lru_cache(maxsize=8)
def _holds_title(standard: Standard) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(title) for title, _ in _titles(standard)) or "(?!)")


def period_line(text: str) -> PeriodHint | None:
    """The hint of a line that says nothing but a period, as under the title of a paper form: （2021年第4季度）, （10）月份."""
    line = plain(text)
    return period_hint(line) if len(line) <= 24 and _PERIOD_LINE.fullmatch(line) else None


def period_of(kind: SheetKind, lines: Sequence[PeriodHint], sheet: str, cell: Cell) -> tuple[Period | None, tuple[Problem, ...]]:
    """The period a sheet reports on: from its title lines, else tab, file and folder names, which must not contradict it.

    A sheet that is kept current (roster, circumstances) takes a period only from its own title.
    """
    if kind.span is None:
        hint = agreed(lines)
        return ((as_period(hint, Span.MONTH) or as_period(hint, Span.QUARTER) or as_period(hint, Span.YEAR)) if hint else None), ()
    folders, _, name = cell.file.rpartition("/")
    places = [("表内", hint) for hint in lines] + [("工作表名", period_hint(sheet)), ("文件名", period_hint(name.rpartition(".")[0] or name))]
    places += [("文件夹", period_hint(folder)) for folder in reversed(folders.split("/")) if folder]
    said = [(place, hint) for place, hint in places if any(hint)]
    hint = agreed(hint for _, hint in said)
    if hint is None:
        found = "、".join(dict.fromkeys(f"{place}写“{hint}”" for place, hint in said))
        return None, (PERIODS_DISAGREE.at(cell, found=found),)
    period = as_period(hint, kind.span)
    if period is None:
        span, example = SPANS[kind.span]
        return None, (NO_PERIOD.at(cell, title=kind.title, span=span, example=example),)
    return period, ()
