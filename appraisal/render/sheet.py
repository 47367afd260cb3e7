"""One sheet of a template, compiled once from its XML and filled many times.

Rows become strings with a mark where the number of the row belongs; everything outside the rows is kept as it is,
except that its references follow rows that moved.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from appraisal.render.cells import ROW, Fit, FormCell, Strings, change_text, cut_up, plain
from appraisal.render.expressions import Evaluator, Expression, Loop
from appraisal.render.heights import HIGHEST, text_height
from appraisal.render.layout import Block, Layout
from appraisal.render.markup import Element, attribute, document, escape, set_attribute
from appraisal.render.sheet_frame import check_frame, frame
from appraisal.render.styles import Styles
from appraisal.render.template_error import Place

_FOR = re.compile(r"^\s*\{%-?\s*for\s+([^\W\d]\w*)\s+in\s+(.+?)\s*-?%\}\s*")
_FOR_LIKE = re.compile(r"^\s*\{%-?\s*for\b")
_ELSE = re.compile(r"^\s*\{%-?\s*else\s*-?%\}\s*")
_END = re.compile(r"\s*\{%-?\s*endfor\s*-?%\}\s*$")
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class Row:
    """A compiled row: its tag as drawn, its tag to be given another height, its height, its cells."""

    number: int
    opening: str
    bare_opening: str
    height: float
    cells: tuple[str | FormCell, ...]
    evaluate: Evaluator | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A block of rows with its list: `body` for everything in it, `otherwise` if there is nothing."""

    block: Block
    target: str
    items: Evaluator
    body: tuple[Row, ...]
    otherwise: tuple[Row, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the sheets of a template share."""

    strings: tuple[str, ...]  # of the template
    fixed: Strings  # those that filled workbooks begin with
    styles: Styles
    epoch: date


@dataclass(slots=True)
class _Open:
    """A `{% for %}` whose `{% endfor %}` has not come yet."""

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
        self._widths, self._usual_width = _column_widths(by_name)
        form = by_name["sheetFormatPr"].attributes if "sheetFormatPr" in by_name else {}
        self._usual_height = float(form.get("defaultRowHeight", 15))
        merges = by_name["mergeCells"].children if "mergeCells" in by_name else []
        self._merges = {merge.attributes["ref"].split(":")[0]: merge.attributes["ref"] for merge in merges}
        rows = by_name["sheetData"].children if "sheetData" in by_name else []
        self._heights = {int(row.attributes["r"]): float(row.attributes["ht"]) for row in rows if "ht" in row.attributes}
        self.expressions: list[Expression] = []
        self._content = self._compile(rows)
        self._columns = _used_columns(rows)
        for ref in self._merges.values():
            self._check_merge(ref)

    @property
    def blocks(self) -> list[Block]:
        """The repeated rows."""
        return [part.block for part in self._content if isinstance(part, Repeat)]

    # compiling

    def _compile(self, rows: Iterable[Element]) -> tuple[Row | Repeat, ...]:
        found: list[Row | Repeat] = []
        inside: list[Row] = []
        opened: _Open | None = None
        for element in rows:
            number = int(element.attributes["r"])
            texts = {cell.attributes["r"]: self._markup(cell) for cell in element.children}
            filled = [address for address, markup in texts.items() if plain(markup).strip()]
            closes = False
            if filled:
                opened = self._open(opened, number, filled[0], texts)
                closes = self._strip(texts, filled[-1], _END, at_end=True)
                if closes and opened is None:
                    raise self._at(filled[-1]).fault("有 {% endfor %}，前面没有 {% for … %}。")
            row = self._row(element, texts, opened)
            (inside if opened else found).append(row)
            if closes and opened:
                found.append(self._repeat(opened, inside, number))
                inside, opened = [], None
        if opened:
            raise opened.place.fault("有 {% for … %}，后面没有 {% endfor %}（要写在一行最后一个有字的单元格的末尾）。")
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
            over = Expression.parse(attribute(match[2]), place)
            self.expressions.append(over)
            return _Open(number, match[1], over, place)
        if _ELSE.match(text):
            if not opened or opened.middle or number == opened.first:
                raise place.fault("{% else %} 要写在 {% for … %} 下面另一行的最前，只能写一次。")
            self._strip(texts, address, _ELSE, at_end=False)
            opened.middle = number - 1
        return opened

    def _strip(self, texts: dict[str, str], address: str, pattern: re.Pattern[str], *, at_end: bool) -> bool:
        if not pattern.search(plain(texts[address])):
            return False
        markup = change_text(texts[address], pattern, at_end=at_end)
        if markup is None:
            raise self._at(address).fault("{% %} 里用了几种字体，请把整个 {% … %} 设成同一种字体。")
        texts[address] = markup
        return True

    def _markup(self, cell: Element) -> str:
        kind = cell.attributes.get("t")
        parts = {part.name: part.inner for part in cell.children}
        if "f" in parts:
            raise self._at(cell.attributes["r"]).fault("是公式；正式表格里只填值，请改成 {{ … }} 或删去。")
        if kind == "s":
            return self._workbook.strings[int(parts["v"])] if parts.get("v") else ""
        if kind == "inlineStr":
            return parts.get("is", "")
        return f"<t>{parts.get('v', '')}</t>" if parts.get("v") else ""

    def _row(self, element: Element, texts: dict[str, str], opened: _Open | None) -> Row:
        number = int(element.attributes["r"])
        expressions: list[Expression] = []
        cells: list[str | FormCell] = []
        for cell in element.children:
            made = self._cell(cell, texts[cell.attributes["r"]], expressions, opened)
            if isinstance(made, str) and cells and isinstance(cells[-1], str):
                cells[-1] += made
            else:
                cells.append(made)
        self.expressions += expressions
        opening = set_attribute(element.opening, "r", "?").replace('"?"', f'"{ROW}"', 1).removesuffix("/>")
        bare = set_attribute(set_attribute(opening, "ht", None), "customHeight", None)
        evaluate = Evaluator(expressions) if expressions else None
        height = self._heights.get(number, self._usual_height)
        return Row(number, _closed(opening), bare.removesuffix(">").rstrip(), height, tuple(cells), evaluate)

    def _cell(
        self, cell: Element, markup: str, expressions: list[Expression], opened: _Open | None
    ) -> str | FormCell:
        address = cell.attributes["r"]
        opening = set_attribute(cell.opening.removesuffix("/>").removesuffix(">").rstrip(), "r", None)
        column = address.rstrip("0123456789")
        head = opening.replace("<c", f'<c r="{column}{ROW}"', 1)
        if cell.attributes.get("t", "n") not in ("s", "inlineStr", "str"):
            return f"{head}>{cell.inner}</c>"
        head = set_attribute(head + ">", "t", None).removesuffix(">")
        if not plain(markup):
            return f"{head}/>"
        place = self._at(address)
        over = opened.over.source if opened and not opened.middle else ""
        pieces = cut_up(markup, place, expressions, opened.target if over and opened else "", over)
        if len(pieces) == 1 and isinstance(pieces[0], str):
            return f'{head} t="s"><v>{self._workbook.fixed.number(markup)}</v></c>'
        style, styles = int(cell.attributes.get("s", 0)), self._workbook.styles
        look = styles.look(style)
        fit = self._fit(address, look.size) if look.wraps else None
        head = set_attribute(head + ">", "s", None).removesuffix(">")
        return FormCell(
            head, style, styles.for_rare(style), look.is_date, self._workbook.epoch, pieces, fit, place
        )

    def _fit(self, address: str, size: float) -> Fit | None:
        left, top, right, bottom = _corners(self._merges.get(address, address))
        if address not in self._merges and top not in self._heights:
            return None  # Excel fits it by itself
        units = sum(self._widths.get(column, self._usual_width) for column in range(left, right + 1))
        heights = tuple(self._heights.get(row, self._usual_height) for row in range(top, bottom + 1))
        return Fit(units * self._workbook.styles.digit_width, size, heights)

    def _repeat(self, opened: _Open, rows: list[Row], last: int) -> Repeat:
        middle = opened.middle or last
        body = tuple(row for row in rows if row.number <= middle)
        otherwise = tuple(row for row in rows if row.number > middle)
        block = Block(opened.first, middle, last)
        return Repeat(block, opened.target, Evaluator([opened.over]), body, otherwise, opened.place)

    def _check_merge(self, ref: str) -> None:
        _, top, _, bottom = _corners(ref)
        for block in self.blocks:
            whole = top <= block.first and bottom >= block.last
            body = block.first <= top and bottom <= block.middle
            otherwise = block.middle < top and bottom <= block.last
            if top <= block.last and bottom >= block.first and not (whole or body or otherwise):
                raise self._at(ref).fault("合并的单元格只有一部分在重复行里，请整个放在里面或外面。")

    def _at(self, cell: str) -> Place:
        return Place(self._place.file, self._place.sheet, cell)

    # filling

    def fill(self, values: Mapping[str, object], strings: Strings, *, is_first: bool) -> tuple[bytes, Layout]:
        """The sheet's XML with these values, and where its rows went."""
        writer = _Writer(strings)
        scope = dict(values)
        rounds: dict[Block, int] = {}
        shift = 0
        for part in self._content:
            if isinstance(part, Row):
                writer.row(part, part.number + shift, scope)
                continue
            block = part.block
            items = _listed(part, scope)
            rounds[block] = len(items)
            inner = dict(scope)
            for index, item in enumerate(items):
                inner[part.target], inner["loop"] = item, Loop(index + 1, len(items))
                for row in part.body:
                    writer.row(row, row.number + shift + index * block.body, inner)
            if not items:
                for row in part.otherwise:
                    writer.row(row, row.number + shift - block.body, scope)
            height = len(items) * block.body if items else block.last - block.middle
            shift += height - (block.last - block.first + 1)
        layout = Layout(rounds)
        data = f"<sheetData>{''.join(writer.rows)}</sheetData>"
        used = f"{self._columns[0]}{writer.first or 1}:{self._columns[1]}{writer.last or 1}"
        framed = frame(self._parts, layout, data, used, is_first=is_first)
        opening = set_attribute(self._root.opening, "xr:uid", None)
        return f"{self._head}{opening}{framed}</worksheet>".encode(), layout


class _Writer:
    """Writes rows one after the other; a text over several rows makes later ones higher too."""

    __slots__ = ("_strings", "_wanted", "first", "last", "rows")

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._wanted: dict[int, float] = {}
        self.rows: list[str] = []
        self.first = self.last = 0

    def row(self, row: Row, number: int, scope: Mapping[str, object]) -> None:
        """Write a row at `number`."""
        values = row.evaluate(scope) if row.evaluate else ()
        written: list[str] = []
        for cell in row.cells:
            if isinstance(cell, str):
                written.append(cell)
                continue
            markup, text = cell.render(values, self._strings)
            written.append(markup)
            if cell.fit and text:
                self._want(cell.fit, text, number)
        height = self._wanted.pop(number, 0.0)
        opening = row.opening
        if height > row.height:
            opening = f'{row.bare_opening} ht="{min(height, HIGHEST):.4g}" customHeight="1">'
        self.rows.append(f"{opening}{''.join(written)}</row>".replace(ROW, str(number)))
        self.first, self.last = self.first or number, number

    def _want(self, fit: Fit, text: str, number: int) -> None:
        lacking = text_height(text, fit.width, fit.size) - sum(fit.heights)
        if lacking > 0:
            for row, height in enumerate(fit.heights, number):
                self._wanted[row] = max(self._wanted.get(row, 0.0), height + lacking / len(fit.heights))


def _listed(repeat: Repeat, scope: Mapping[str, object]) -> list[object]:
    value = repeat.items(scope)[0]
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise repeat.place.fault(f"要重复的应当是一个名单，得到的是 {type(value).__name__}。")
    return list(value)


def _closed(opening: str) -> str:
    return opening if opening.endswith(">") else opening.rstrip() + ">"


def _corners(ref: str) -> tuple[int, int, int, int]:
    """Left column, top row, right column, bottom row of a range, counted from one."""
    ends = [_ADDRESS.fullmatch(end) for end in (ref if ":" in ref else f"{ref}:{ref}").split(":")]
    numbers = [(_column(end[1]), int(end[2])) for end in ends if end]
    return (*numbers[0], *numbers[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _column_widths(parts: Mapping[str, Element]) -> tuple[dict[int, float], float]:
    form = parts["sheetFormatPr"].attributes if "sheetFormatPr" in parts else {}
    usual = float(form.get("defaultColWidth", 8.43))
    widths: dict[int, float] = {}
    for column in parts["cols"].children if "cols" in parts else []:
        if "width" in column.attributes:
            first, last = int(column.attributes["min"]), min(int(column.attributes["max"]), 300)
            widths.update(dict.fromkeys(range(first, last + 1), float(column.attributes["width"])))
    return widths, usual


def _used_columns(rows: Iterable[Element]) -> tuple[str, str]:
    def letters() -> Iterator[str]:
        for row in rows:
            for cell in row.children:
                yield cell.attributes["r"].rstrip("0123456789")

    used = sorted(set(letters()), key=_column) or ["A"]
    return used[0], used[-1]


__all__ = ["Sheet", "Workbook", "escape"]
