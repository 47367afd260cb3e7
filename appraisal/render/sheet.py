"""One sheet of a template, compiled once from its XML and filled many times.

Rows become strings with a mark where the number of the row belongs; everything outside the rows is kept as it is,
except that its references follow rows that moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from appraisal.render.cells import ROW, FormCell, Strings, change_text, cut_up, plain
from appraisal.render.expressions import Evaluator, Expression
from appraisal.render.grid import Grid, corners
from appraisal.render.layout import Block, Layout
from appraisal.render.markup import Element, attribute, document, escape, set_attribute
from appraisal.render.rows import Repeat, Row, gathered, write_rows
from appraisal.render.sheet_frame import check_frame, frame
from appraisal.render.styles import Styles
from appraisal.render.template_error import Place

_FOR = re.compile(r"^\s*\{%-?\s*for\s+([^\W\d]\w*)\s+in\s+(.+?)\s*-?%\}\s*")
_FOR_LIKE = re.compile(r"^\s*\{%-?\s*for\b")
_ELSE = re.compile(r"^\s*\{%-?\s*else\s*-?%\}\s*")
_END = re.compile(r"\s*\{%-?\s*endfor\s*-?%\}\s*$")


class Workbook(Struct, frozen=True):
    """What the sheets of a template share: its strings, those filled workbooks begin with, styles, first day."""

    strings: tuple[str, ...]
    fixed: Strings
    styles: Styles
    epoch: date


class _Open(Struct):
    """A `{% for %}` whose `{% endfor %}` has not come yet; `middle` is the last row before its `{% else %}`."""

    first: int
    target: str
    over: Expression
    place: Place
    middle: int = 0


class Sheet:
    """A sheet of a template, ready to be filled."""

    def __init__(self, data: bytes, place: Place, workbook: Workbook) -> None:
        self._head, self._root = document(data, "worksheet", place)
        self._place, self._workbook = place, workbook
        self._parts = self._root.children
        check_frame(self._parts, place)
        by_name = {part.name: part for part in self._parts}
        self._grid = Grid(by_name, workbook.styles.digit_width)
        self.expressions: list[Expression] = []
        self._frames: dict[tuple[int, ...], tuple[str, str]] = {}
        self._layouts: dict[tuple[int, ...], Layout] = {}
        self._content = gathered(self._compile(by_name["sheetData"].children if "sheetData" in by_name else []))
        for ref in self._grid.merges.values():
            self._check_merge(ref)

    @property
    def blocks(self) -> list[Block]:
        """The repeated rows."""
        return [part.block for part in self._content if isinstance(part, Repeat)]

    def fill(self, values: Mapping[str, object], strings: Strings, *, is_first: bool) -> tuple[bytes, Layout]:
        """The sheet's XML with these values, and where its rows went."""
        rows = write_rows(self._content, values, strings)
        layout = self._layouts.get(rows.rounds)
        if layout is None:  # tabs with as many rows are alike but for their rows
            layout = self._layouts[rows.rounds] = Layout(dict(zip(self.blocks, rows.rounds, strict=True)))
        shape = (rows.first, rows.last, is_first, *rows.rounds)
        around = self._frames.get(shape)
        if around is None:
            used = f"{self._grid.first_column}{rows.first}:{self._grid.last_column}{rows.last}"
            above, _, below = frame(self._parts, layout, ROW, used, is_first=is_first).partition(ROW)
            opening = set_attribute(self._root.opening, "xr:uid", None)
            around = self._frames[shape] = f"{self._head}{opening}{above}<sheetData>", f"</sheetData>{below}</worksheet>"
        return f"{around[0]}{rows.xml}{around[1]}".encode(), layout

    def _at(self, cell: str) -> Place:
        return Place(self._place.file, self._place.sheet, cell)

    def _compile(self, rows: Iterable[Element]) -> tuple[Row | Repeat, ...]:
        found: list[Row | Repeat] = []
        inside: list[Row] = []
        opened: _Open | None = None
        for element in rows:
            texts = {cell.attributes["r"]: self._markup(cell) for cell in element.children}
            filled = [address for address, markup in texts.items() if plain(markup).strip()]
            closes = False
            if filled:
                opened = self._open(opened, int(element.attributes["r"]), filled[0], texts)
                closes = self._strip(texts, filled[-1], _END, at_end=True)
                if closes and opened is None:
                    raise self._at(filled[-1]).fault("有 {% endfor %}，前面没有 {% for … %}。")
            row = self._row(element, texts, opened)
            (inside if opened else found).append(row)
            if closes and opened:
                found.append(_repeat(opened, inside, row.number))
                inside, opened = [], None
        if opened:
            raise opened.place.fault("有 {% for … %}，后面没有 {% endfor %}（写在一行最后一个有字的单元格的末尾）。")
        return tuple(found)

    def _open(self, opened: _Open | None, number: int, address: str, texts: dict[str, str]) -> _Open | None:
        place, text = self._at(address), plain(texts[address])
        if _FOR_LIKE.match(text):
            match = _FOR.match(text)
            if match is None or match[1] == "loop":
                raise place.fault("重复行要写成 {% for 甲 in 名单 %}，甲是一个名字，不能叫 loop。")
            if opened:
                raise place.fault("重复行里不能再有重复行。")
            self._strip(texts, address, _FOR, at_end=False)
            over = Expression.parse(escape(match[2]), place)
            self.expressions.append(over)
            return _Open(number, match[1], over, place)
        if _ELSE.match(text):
            if not opened or opened.middle or number == opened.first:
                raise place.fault("{% else %} 要写在 {% for … %} 下面另一行的最前，只能写一次。")
            self._strip(texts, address, _ELSE, at_end=False)
            opened.middle = number - 1
        return opened

    def _strip(self, texts: dict[str, str], address: str, pattern: re.Pattern[str], *, at_end: bool) -> bool:
        """Take a tag that begins or ends a cell out of its text; whether it was there."""
        if not pattern.search(plain(texts[address])):
            return False
        markup = change_text(texts[address], pattern, at_end=at_end)
        if markup is None:
            raise self._at(address).fault("的 {% %} 里用了几种字体，请把整个 {% … %} 设成同一种字体。")
        texts[address] = markup
        return True

    def _markup(self, cell: Element) -> str:
        """The text of a cell as XML, as inside `<si>`; empty if it holds none."""
        parts = {part.name: part.inner for part in cell.children}
        if "f" in parts:
            raise self._at(cell.attributes["r"]).fault("是公式；正式表格里只填值，请改成 {{ … }} 或删去。")
        kind, value = cell.attributes.get("t"), parts.get("v", "")
        if kind == "s":
            return self._workbook.strings[int(value)] if value else ""
        if kind == "inlineStr":
            return parts.get("is", "")
        return f"<t>{value}</t>" if value else ""

    def _row(self, element: Element, texts: dict[str, str], opened: _Open | None) -> Row:
        expressions: list[Expression] = []
        cells: list[str | FormCell] = []
        for cell in element.children:
            made = self._cell(cell, texts[cell.attributes["r"]], expressions, opened)
            last = cells[-1] if cells else None
            if isinstance(made, str) and isinstance(last, str):
                cells[-1] = last + made
            else:
                cells.append(made)
        self.expressions += expressions
        number = int(element.attributes["r"])
        bare = f'<row r="{ROW}"' + _attributes(element, "r", "ht", "customHeight")
        opening = f'<row r="{ROW}"' + _attributes(element, "r") + ">"
        evaluate = Evaluator(expressions) if expressions else None
        fixed = "" if expressions else f"{opening}{''.join(map(str, cells))}</row>"
        return Row(number, opening, bare, self._grid.height(number), tuple(cells), evaluate, fixed)

    def _cell(self, cell: Element, markup: str, expressions: list[Expression], opened: _Open | None) -> str | FormCell:
        address = cell.attributes["r"]
        head = f'<c r="{address.rstrip("0123456789")}{ROW}"'
        if not plain(markup):
            return f"{head}{_attributes(cell, 'r', 't')}/>"
        if cell.attributes.get("t", "n") not in ("s", "inlineStr", "str"):
            return f"{head}{_attributes(cell, 'r')}>{cell.inner}</c>"
        repeated = opened if opened and not opened.middle else None
        target, over = (repeated.target, repeated.over.source) if repeated else ("", "")
        pieces = cut_up(markup, self._at(address), expressions, target, over)
        if pieces is None:
            return f'{head}{_attributes(cell, "r", "t")} t="s"><v>{self._workbook.fixed.number(markup)}</v></c>'
        styles, style = self._workbook.styles, int(cell.attributes.get("s", 0))
        look = styles.look(style)
        return FormCell(
            head=head + _attributes(cell, "r", "s", "t"),
            style=style,
            rare_style=styles.for_rare(style),
            epoch=self._workbook.epoch if look.is_date else None,
            pieces=pieces,
            fit=self._grid.fit(address, look) if look.wraps else None,
            place=self._at(address),
        )

    def _check_merge(self, ref: str) -> None:
        _, top, _, bottom = corners(ref)
        for block in self.blocks:
            whole = top <= block.first and bottom >= block.last
            body = block.first <= top and bottom <= block.middle
            otherwise = block.middle < top and bottom <= block.last
            if top <= block.last and bottom >= block.first and not (whole or body or otherwise):
                raise self._at(ref).fault("合并的单元格只有一部分在重复行里，请整个放在里面或外面。")


def _repeat(opened: _Open, rows: list[Row], last: int) -> Repeat:
    middle = opened.middle or last
    body = tuple(row for row in rows if row.number <= middle)
    otherwise = tuple(row for row in rows if row.number > middle)
    block = Block(opened.first, middle, last)
    counts = any("loop" in expression.names for row in body if row.evaluate for expression in row.evaluate.expressions)
    return Repeat(block, opened.target, Evaluator([opened.over]), body, otherwise, opened.place, counts)


def _attributes(element: Element, *without: str) -> str:
    kept = [(name, value) for name, value in element.attributes.items() if name not in without]
    return "".join(f' {name}="{attribute(value)}"' for name, value in kept)
