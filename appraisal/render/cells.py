"""One cell with expressions: values become its XML, and keep their type where the cell is one expression alone."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import force_setattr

from appraisal.render.expressions import Expression
from appraisal.render.heights import text_height
from appraisal.render.markup import DECLARATION, MAIN, escape
from appraisal.render.template_error import Place

Written = tuple[str, str, float]
"""A cell: its XML up to the number of its text, its text as shared strings hold it (empty where the cell is whole), the points its rows lack."""

_TOGETHER = 500
"""Strings turned into bytes at a time."""
_MOST_KNOWN = 20_000
"""Texts that a cell of a template remembers."""
ROW = "\0"  # stands for the number of the row in compiled XML; no value can hold it
LONGEST_TEXT = 32_767

_TEXT = re.compile(r"(<t(?:\s[^>]*)?(?<!/)>)(.*?)(</t>)", re.DOTALL)
_SILENT = re.compile(r"<rPh\b.*?</rPh>|<phoneticPr\b[^>]*?(?:/>|>.*?</phoneticPr>)", re.DOTALL)
_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_MARKUP = re.compile(r"<[^>]*>")


class Strings(Struct, frozen=True):
    """The shared strings of a workbook: each, as the XML inside its `<si>`, with its number; in order of first use."""

    numbers: dict[str, int] = field(default_factory=dict)
    rows: dict[object, str] = field(default_factory=dict)
    """Rows of forms already written in this workbook, by what they say: tabs repeat each other."""

    def number(self, markup: str) -> int:
        """The number of a string."""
        return self.numbers.setdefault(markup, len(self.numbers))

    def written(self) -> bytes:
        """The part sharedStrings.xml."""
        known = list(self.numbers)
        head = f'{DECLARATION}<sst xmlns="{MAIN}" uniqueCount="{len(known)}">'.encode()
        lots = [known[at : at + _TOGETHER] for at in range(0, len(known), _TOGETHER)]  # all at once would take three times the part's length of memory
        return b"".join((head, *(f"<si>{'</si><si>'.join(lot)}</si>".encode() for lot in lots), b"</sst>"))


def plain(markup: str) -> str:
    """The text of a string given as the XML inside its `<si>`, without formats and phonetic guides."""
    return html.unescape("".join(text for _, text, _ in _TEXT.findall(_SILENT.sub("", markup))))


def change_text(markup: str, pattern: re.Pattern[str], *, at_end: bool) -> str | None:
    """The markup without what `pattern` finds in its first (or last) piece of text; None if it is not found there."""
    pieces = list(_TEXT.finditer(markup))
    for piece in reversed(pieces) if at_end else pieces:
        if piece[2].strip():
            text, count = pattern.subn("", piece[2])
            return markup[: piece.start(2)] + text + markup[piece.end(2) :] if count else None
    return None


class Fit(Struct, frozen=True):
    """How much room a wrapped text has: width in points, size of the font, heights of the rows it spans."""

    width: float
    size: float
    heights: tuple[float, ...]


class FormCell(Struct, frozen=True, eq=False):
    """A cell of a template with one or more expressions; `pieces` are markup, or numbers of values of its row.

    `epoch` is the day from which Excel counts, where the cell's style shows a number as a date.
    """

    head: str
    style: int
    rare_style: int
    epoch: date | None
    pieces: tuple[str | int, ...]
    fit: Fit | None
    place: Place
    alone: int = -1
    """Which value the cell shows as it is; -1 where it is a text with values in it."""
    known: dict[object, Written] = field(default_factory=dict)
    """Texts that a cell of one value has held before, on whatever tab: lists repeat themselves."""

    def __post_init__(self) -> None:
        if len(self.pieces) == 1 and isinstance(self.pieces[0], int):
            force_setattr(self, "alone", self.pieces[0])

    def render(self, values: Sequence[object]) -> Written:
        """The cell for given values of its row."""
        if self.alone >= 0:
            value = values[self.alone]
            written = self._one(value)
            if value.__class__ is str and len(self.known) < _MOST_KNOWN:
                self.known[value] = written
            return written
        pieces = [piece if isinstance(piece, str) else escape(self._text(values[piece])) for piece in self.pieces]
        markup = "".join(pieces)
        return self._string(markup, html.unescape(_MARKUP.sub("", markup)))

    def _one(self, value: object) -> Written:
        if isinstance(value, str):
            pass
        elif isinstance(value, date):
            days = self._days(value)
            if days is not None:
                return f'{self.head} s="{self.style}"><v>{days}</v></c>', "", 0.0
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and self._holds(value):
            return f'{self.head} s="{self.style}"><v>{self._text(value)}</v></c>', "", 0.0
        text = self._text(value)
        if not text:
            return f'{self.head} s="{self.style}"/>', "", 0.0
        return self._string(f'<t xml:space="preserve">{escape(text)}</t>', text)

    @staticmethod
    def _holds(value: float | Decimal) -> bool:
        return not isinstance(value, int) or abs(value) < 10**15  # more digits than Excel keeps: written as text

    def _days(self, value: date) -> float | None:
        if self.epoch is None or value.year < 1905:  # Excel's first years are wrong
            return None
        moment = value.replace(tzinfo=None) if isinstance(value, datetime) else datetime.combine(value, time())
        passed = moment - datetime.combine(self.epoch, time())
        return passed.days + passed.seconds / 86400 if passed.seconds else passed.days

    def _string(self, markup: str, text: str) -> Written:
        if len(text) > LONGEST_TEXT:
            raise self.place.fault(f"填入的文字有 {len(text)} 字，Excel 一个单元格最多 {LONGEST_TEXT} 字。")
        style = self.style
        if self.rare_style != style and _is_rare(text):
            style = self.rare_style
        lacking = text_height(text, self.fit.width, self.fit.size) - sum(self.fit.heights) if self.fit and text else 0.0
        return f'{self.head} s="{style}" t="s"><v>', markup, lacking

    def _text(self, value: object) -> str:
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, int):
            return str(int(value))
        if isinstance(value, (float, Decimal)):
            if not math.isfinite(value):
                raise self.place.fault(f"要填的数不是有限的数：{value}。")
            return f"{value:f}" if isinstance(value, Decimal) else f"{value:.15g}"
        if isinstance(value, date):
            day = f"{value.year}年{value.month}月{value.day}日"
            return f"{day} {value:%H:%M}" if isinstance(value, datetime) else day
        raise self.place.fault(f"要填的值是 {type(value).__name__}，不是文字、数或日期。")


def _is_rare(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def cut_up(markup: str, place: Place, row: list[Expression], target: str, over: str) -> tuple[str | int, ...] | None:
    """The markup of a cell cut at its expressions, which are added to those of its `row`; None if it has none."""
    if not _STRAY.search(markup):
        return None
    markup = _SILENT.sub("", markup).replace("<t>", '<t xml:space="preserve">')
    pieces: list[str | int] = []
    at = 0
    for text in _TEXT.finditer(markup):
        for braces in _BRACES.finditer(text[2]):
            start = text.start(2) + braces.start()
            pieces += [markup[at:start], len(row)]
            row.append(Expression.parse(braces[1], place, target, over))
            at = text.start(2) + braces.end()
    pieces.append(markup[at:])
    if any(isinstance(piece, str) and _STRAY.search(piece) for piece in pieces):
        raise place.fault(
            "有不成对的 {{ }}，或不认识的 {% %}。只能写 {{ 表达式 }}（整个用同一种字体），以及整行重复的"
            "{% for 甲 in 名单 %} … {% else %} … {% endfor %}：for 和 else 写在一行的最前，endfor 写在一行的最后。"
        )
    if len(pieces) == 3 and not plain(f"{pieces[0]}{pieces[2]}").strip():
        return (pieces[1],)
    return tuple(piece for piece in pieces if piece != "")
