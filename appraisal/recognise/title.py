"""Which standard sheet a title names, and which period the places around a sheet name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from appraisal.model import Cell, Period, Span
from appraisal.notation import HAN, PeriodHint, agreed, as_period, label, period_hint, plain
from appraisal.problems import NO_PERIOD, PERIODS_DISAGREE, Problem
from appraisal.standard import Layout, SheetKind, Standard

FIRST_ROWS = 15
_TAIL = re.compile(r"(?:[(\[【][^()\[\]【】]*[)\]】]|[\d年月季度第份周QqHh._\-—~至上下半一二三四十]+)$")
_PERIOD_LINE = re.compile(r"[(\[【]?\s*(?:20\d\d|[(]?\s*\d{1,2}\s*[)]?\s*月|第\s*[(]?\s*[1-4一二三四]).{0,14}[)\]】]?")
_DAY = re.compile(r"(20\d\d)\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})(?!\d)\s*日?")
_DAYS = re.compile(rf"{_DAY.pattern}\s*[-—~–至到]+\s*(?:(?:(20\d\d)\s*[年.\-/]\s*)?(\d{{1,2}})\s*[月.\-/]\s*)?(\d{{1,2}})(?!\d)\s*日?")
MOST_DAYS_OF_A_WEEK = 10
_SPELT = re.compile(r"[一二三四五六七八九十]\s*(?:月|季)")
_IN_A_NAME = re.compile(rf"(?<=[{HAN}])(?<![年度第至到])(?:[一二三四五六七八九十]+月|[一二三四]季)")
_TITLE_WORDS = re.compile("干部|公务员|日常|平时|考[评核]|每[周月]|一周|月度|小[结记]|评价|备案|工作|记实|附件|表")
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


def period_line(text: str, kind: SheetKind) -> PeriodHint:
    """The hint of a line that says a period, as under the title of a paper form: （2021年第4季度）, （10）月份, 10月11日至10月15日, 时间：10月第2周."""
    line = plain(text)
    hint = title_hint(line, kind) if len(line) <= 24 and _PERIOD_LINE.fullmatch(line) else days_hint(line)
    return hint if any(hint) or "周" not in line else period_hint(line.partition("时间")[2])


def title_hint(text: str, kind: SheetKind) -> PeriodHint:
    """What a title says of the period; a full date in it (人员名册（2021年9月30日）) only where the sheet is kept current."""
    hint = period_hint(text)
    if any(hint):
        return hint
    if kind.span is None and (day := _DAY.search(plain(text))) is not None:
        return PeriodHint(year=int(day[1]), month=int(day[2]))
    return days_hint(text)


def days_hint(text: str) -> PeriodHint:
    """The period that a span of days says: its month, the month in which a week begins, the quarter or half-year it fills; nothing for any other."""
    match = _DAYS.search(plain(text))
    if match is None:
        return PeriodHint()
    year, month, day, last_year, last_month, last_day = (int(part) if part else 0 for part in match.groups())
    try:
        first = dt.date(year, month, day)
        last = dt.date(last_year or year, last_month or month, last_day)
    except ValueError:
        return PeriodHint()
    if (last.year, last.month) == (year, month) or 0 <= (last - first).days < MOST_DAYS_OF_A_WEEK:
        return PeriodHint(year=year, month=month)
    whole = period_hint(f"{year}年{month}-{last.month}月") if last.year == year else PeriodHint()
    return whole if whole.quarter or whole.half else PeriodHint()


def is_spelt(text: str) -> bool:
    """True when a text holds what may be a month or a quarter in Chinese numerals, or the end of a person's name before 月 or 季."""
    return _SPELT.search(text) is not None


def without(names: Collection[str], text: str) -> str:
    """A text with people's names blanked out."""
    for name in names:
        text = re.sub(r"\s*".join(map(re.escape, name)), " ", text)
    return text


def _called(text: str, kind: SheetKind, names: Collection[str]) -> PeriodHint:
    """What the name of a tab, file or folder says of the period. A person's name in it says nothing (王一月, 李四季度评价表).

    On a form, which is about one person, a Chinese numeral counts only where it stands by itself: the person's name may be misspelt.
    """
    said = without(names, plain(text))
    if kind.layout is not Layout.LIST and is_spelt(said):
        said = _IN_A_NAME.sub(" ", _TITLE_WORDS.sub(" ", said))
    return period_hint(said)


def period_of(kind: SheetKind, lines: Sequence[PeriodHint], sheet: str, cell: Cell, names: Collection[str]) -> tuple[Period | None, tuple[Problem, ...]]:
    """The period a sheet reports on: from its title lines, else tab, file and folder names, which must not contradict it.

    A sheet that is kept current (roster, circumstances) takes a period only from its own title. `names`: whom the sheet is about.
    """
    if kind.span is None:
        hint = agreed(lines)
        return ((as_period(hint, Span.MONTH) or as_period(hint, Span.QUARTER) or as_period(hint, Span.YEAR)) if hint else None), ()
    folders, _, file = cell.file.rpartition("/")
    called = [("工作表名", sheet), ("文件名", file.rpartition(".")[0] or file), *(("文件夹", folder) for folder in reversed(folders.split("/")) if folder)]
    places = [("表内", hint) for hint in lines] + [(place, _called(name, kind, names)) for place, name in called]
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
