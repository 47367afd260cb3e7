"""Official forms: a workbook drawn in Excel with `{{ … }}` in its cells, filled with values.

The template is taken apart once; filling it joins strings. Everything that is not a filled cell stays as it was drawn.

In the cells: `{{ expression }}`, anywhere in a text. A cell that is one expression alone keeps the value's type; text
is always text, never a formula. Whole rows repeat from a cell `{% for p in people %}` (beginning of the first filled
cell of a row) to `{% endfor %}` (end of the last filled cell of that or a later row); rows from `{% else %}` on are
there only if the list is empty. What an expression may be: see `expressions`.

Fonts: a cell names one font, and machines without 方正小标宋简体 or 仿宋_GB2312 choose another by the font's
`<family val="1"/>` (serif) and `<charset val="134"/>` (Chinese) in styles.xml: draw templates with both. Texts with
characters outside GB 2312 change from 仿宋_GB2312 to 仿宋 by themselves (see `styles`).

Heights: a row with a height of its own, or a merged cell, grows with its wrapped texts (see `heights`), never beyond
Excel's 409 points a row; rows without either are left to the program that opens the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct

from appraisal.render.cells import Strings
from appraisal.render.defined_names import DefinedName
from appraisal.render.layout import Layout
from appraisal.render.markup import OFFICE, Element, attribute, document
from appraisal.render.package import UNREADABLE, Attached, Package, Relation, relations_name, relations_part, undated
from appraisal.render.packing import packed
from appraisal.render.sheet import Sheet, Workbook
from appraisal.render.styles import Styles
from appraisal.render.tab_names import tab_names
from appraisal.render.template_error import Place, TemplateError, nearest

__all__ = ["Tab", "Template", "TemplateError"]

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_REFUSED = {"externalReferences": "指向其他文件的链接", "pivotCaches": "数据透视表", "customWorkbookViews": "自定义视图"}
_DAMAGED = (KeyError, IndexError, StopIteration, ValueError)  # parts that contradict each other
_TITLES = re.compile(rb"<(HeadingPairs|TitlesOfParts)>.*?</\1>", re.DOTALL)


class Tab(Struct, frozen=True):
    """A tab wished for: its name (made legal and unique), the values its expressions name, the sheet to copy."""

    name: str
    values: Mapping[str, object]
    sheet: str | None = None


class _Source(Struct, frozen=True):
    """A sheet of the template with what hangs on it."""

    sheet: Sheet
    attached: Attached


class Template:
    """A template taken apart, ready to be filled any number of times."""

    def __init__(self, package: Package) -> None:
        self._package, self._place = package, package.place
        self._head, self._book = document(package.parts[package.workbook], "workbook", self._place)
        relations = package.checked(package.workbook, "workbook", self._place)
        self._kept = [item for item in relations if item.kind not in ("worksheet", "sharedStrings", "calcChain")]
        self._parts = self._book.children
        parts = {part.name: part for part in self._parts}
        for name, what in _REFUSED.items():
            if name in parts:
                raise self._place.fault(f"有{what}，填写后保不住，请删去后另存。")
        self._styles_name = next((item.target for item in relations if item.kind == "styles"), "")
        if not self._styles_name:
            raise self._place.fault("模板里没有样式，请用 Excel 或 WPS 打开后另存一次。")
        self._fixed = Strings()
        workbook = Workbook(
            self._strings(relations),
            self._fixed,
            Styles(package.parts[self._styles_name], self._place),
            _epoch(parts.get("workbookPr")),
        )
        self._sheets = self._read_sheets(parts["sheets"].children, relations, workbook)
        names = parts["definedNames"].children if "definedNames" in parts else []
        self._names = [DefinedName.read(name, list(self._sheets), self._place) for name in names]
        self._check_names()
        self._answered: set[tuple[str, ...]] = set()
        self._types: dict[tuple[str | None, ...], bytes] = {}
        """[Content_Types].xml for the sheets that tabs were made from: neither values nor names of tabs change it."""
        self._relations: dict[int, bytes] = {}
        """The relations of workbook.xml for so many tabs."""
        self._common = self._common_parts(relations, workbook.styles)

    @classmethod
    def load(cls, path: Path) -> Template:
        """The template in a file; TemplateError if it is broken, wrong, or has what filling would lose."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Place(path.name).fault(UNREADABLE) from error
        return _taken_apart(path.name, data)

    def check(self, names: Collection[str], fields: Mapping[str, Collection[str]] | None = None) -> None:
        """TemplateError, one line for each mistake, unless all expressions name only `names`.

        `fields` says what the members of a list, or a single thing, offer after the dot: `{"people": ["name", …]}`.
        """
        found = [
            str(problem) for source in self._sheets.values() for expression in source.sheet.expressions for problem in expression.problems(names, fields or {})
        ]
        if found:
            raise TemplateError("\n".join(found))

    def fill(self, tabs: Sequence[Tab]) -> bytes:
        """One workbook with these tabs in this order; the same tabs give the same bytes."""
        if not tabs:
            raise ValueError("a workbook needs a tab")
        strings = Strings(dict(self._fixed.numbers))
        parts: dict[str, bytes] = {}
        hanging: dict[str, str] = {}
        layouts: list[Layout] = []
        for number, tab in enumerate(tabs, 1):
            source = self._source(tab)
            file = _sheet_file(number)
            parts[file], layout = source.sheet.fill(tab.values, strings, is_first=number == 1)
            layouts.append(layout)
            if not source.attached.is_nothing:
                copied, types, parts[relations_name(file)] = source.attached.copied(number, layout)
                parts |= copied
                hanging |= types
        parts["xl/sharedStrings.xml"] = strings.written()
        parts |= self._common
        parts |= self._workbook_parts(tabs, layouts)
        parts["[Content_Types].xml"] = self._content_types(tabs, hanging)
        return packed(parts)

    def _content_types(self, tabs: Sequence[Tab], hanging: Mapping[str, str]) -> bytes:
        """The part [Content_Types].xml; `hanging` are the types of what hangs on the tabs, which depend on their sheets alone."""
        sheets = tuple(tab.sheet for tab in tabs)
        if sheets not in self._types:
            types = {_sheet_file(number): _SHEET_TYPE for number in range(1, len(tabs) + 1)} | dict(hanging) | {"xl/sharedStrings.xml": _STRINGS_TYPE}
            types |= {name: self._package.type_of(name) for name in self._common if not name.endswith(".rels")}
            types[self._package.workbook] = self._package.type_of(self._package.workbook)
            self._types[sheets] = self._package.content_types(types.items())
        return self._types[sheets]

    def _check_names(self) -> None:
        met: set[tuple[str, str | None]] = set()
        for name in self._names:
            key = name.element.attributes["name"].casefold(), name.sheet
            if key in met:
                raise self._place.fault(f"名称“{name.element.attributes['name']}”定义了两次，请在“名称管理器”里删去一个。")
            met.add(key)

    def _source(self, tab: Tab) -> _Source:
        name = next(iter(self._sheets)) if tab.sheet is None else tab.sheet
        if name not in self._sheets:
            raise self._place.fault(f"没有工作表“{name}”{nearest(name, self._sheets)}")
        source = self._sheets[name]
        if (name, *tab.values) not in self._answered:
            for expression in source.sheet.expressions:
                for problem in expression.problems(tab.values, {}):
                    raise problem
            self._answered.add((name, *tab.values))
        return source

    def _strings(self, relations: Sequence[Relation]) -> tuple[str, ...]:
        name = next((item.target for item in relations if item.kind == "sharedStrings"), None)
        if name is None:
            return ()
        _, root = document(self._package.parts[name], "sst", self._place)
        return tuple(item.inner for item in root.children if item.name == "si")

    def _read_sheets(self, elements: Sequence[Element], relations: Sequence[Relation], workbook: Workbook) -> dict[str, _Source]:
        files = {item.number: item.target for item in relations}
        found: dict[str, _Source] = {}
        for element in elements:
            name = element.attributes["name"]
            number = next(value for key, value in element.attributes.items() if key.endswith(":id"))
            place = Place(self._place.file, name)
            sheet = Sheet(self._package.parts[files[number]], place, workbook)
            attached = Attached(self._package, files[number], place)
            for row in sorted(attached.comment_rows()):
                if any(row in block for block in sheet.blocks):
                    raise place.fault(f"第 {row} 行是重复行，重复行里不能有批注，请移到表头。")
            found[name] = _Source(sheet, attached)
        return found

    def _common_parts(self, relations: Sequence[Relation], styles: Styles) -> dict[str, bytes]:
        """The parts that are the same in every filled workbook."""
        own = {self._package.workbook, relations_name(self._package.workbook), "[Content_Types].xml"}
        for item in relations:
            if item not in self._kept:
                own |= {item.target, relations_name(item.target)}
        for source in self._sheets.values():
            own |= source.attached.owned
        common = {name: data for name, data in self._package.parts.items() if name not in own}
        common[self._styles_name] = styles.written()
        for item in self._package.relations(""):
            if item.kind == "core-properties":
                common[item.target] = undated(common[item.target])
            elif item.kind == "extended-properties":
                common[item.target] = _TITLES.sub(b"", common[item.target])
        return common

    def _workbook_parts(self, tabs: Sequence[Tab], layouts: Sequence[Layout]) -> dict[str, bytes]:
        """workbook.xml and its relations."""
        titles = tab_names([tab.name for tab in tabs])
        sheets = "".join(f'<sheet name="{attribute(title)}" sheetId="{number}" r:id="tab{number}"/>' for number, title in enumerate(titles, 1))
        names = [name.written(None, "", layouts[0]) for name in self._names if name.sheet is None]
        for number, (tab, title, layout) in enumerate(zip(tabs, titles, layouts, strict=True)):
            sheet = next(iter(self._sheets)) if tab.sheet is None else tab.sheet
            names += [name.written(number, title, layout) for name in self._names if name.sheet == sheet]
        replaced = {
            "sheets": f'<sheets xmlns:r="{OFFICE}">{sheets}</sheets>',
            "definedNames": f"<definedNames>{''.join(names)}</definedNames>" if names else "",
        }
        inner = "".join([replaced[part.name] if part.name in replaced else _first_shown(part) for part in self._parts])
        if len(tabs) not in self._relations:
            own = [Relation(f"tab{number}", f"{OFFICE}/worksheet", _sheet_file(number)) for number in range(1, len(tabs) + 1)]
            strings = Relation("strings", f"{OFFICE}/sharedStrings", "xl/sharedStrings.xml")
            self._relations[len(tabs)] = relations_part([*self._kept, *own, strings])
        return {
            self._package.workbook: (self._head + self._book.with_inner(inner)).encode(),
            relations_name(self._package.workbook): self._relations[len(tabs)],
        }


@lru_cache(maxsize=16)
def _taken_apart(name: str, data: bytes) -> Template:
    """A template is checked first and filled later: taken apart once, for filling leaves it as it is."""
    try:
        return Template(Package(name, data))
    except _DAMAGED as error:
        raise Place(name).fault("模板文件已损坏，请用 Excel 或 WPS 打开后另存一次。") from error


@cache
def _sheet_file(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _first_shown(part: Element) -> str:
    """A part of workbook.xml; the view opens on the first tab."""
    if part.name != "bookViews":
        return part.raw
    return re.sub(r'\s(?:activeTab|firstSheet)="\d+"', "", part.raw)


def _epoch(settings: Element | None) -> date:
    is_1904 = settings is not None and settings.attributes.get("date1904") in ("1", "true")
    return date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
