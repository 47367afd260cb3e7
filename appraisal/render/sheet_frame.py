"""Everything of a sheet that is not its rows: kept as drawn, with references that follow rows that moved."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from appraisal.render.layout import Layout
from appraisal.render.markup import Element, escape, set_attribute
from appraisal.render.template_error import Place

_AS_DRAWN = {
    *("sheetData", "sheetFormatPr", "cols", "sheetCalcPr", "sheetProtection", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "colBreaks", "drawing", "legacyDrawing", "legacyDrawingHF", "picture"),
    *("phoneticPr", "sheetPr", "dimension", "sheetViews", "mergeCells", "rowBreaks"),
}
_LISTS = {"dataValidations", "protectedRanges", "ignoredErrors"}  # of things with ranges
_MOVED = {"conditionalFormatting", "autoFilter", "extLst", *_LISTS}
_REFUSED = {
    "hyperlinks": "超链接",
    "tableParts": "“表格”（套用表格格式）",
    "oleObjects": "嵌入的对象",
    "controls": "控件",
    "customSheetViews": "自定义视图",
    "scenarios": "方案",
    "dataConsolidate": "合并计算",
    "mc:AlternateContent": "控件或新式图形",
}
_SQREF = re.compile(r'(?<=\ssqref=")[^"]*(?=")')
_REF = re.compile(r'(?<=\sref=")[^"]*(?=")')
_X14_RANGE = re.compile(r"(?<=<xm:sqref>)[^<]*(?=</xm:sqref>)")
_FORMULA = re.compile(r"(<(formula[12]?|xm:f)(?:\s[^>]*)?>)([^<]*)(</\2>)")
_TEXTS = re.compile(r'"(?:[^"]|"")*"')


def check_frame(parts: Sequence[Element], place: Place) -> None:
    """TemplateError about the first thing of a sheet that filling it would lose or spoil."""
    for part in parts:
        if part.name not in _AS_DRAWN | _MOVED:
            what = _REFUSED.get(part.name, part.name)
            raise place.fault(f"有{what}，复制成多张表时保不住，请删去后另存。")
        if part.name != "sheetData" and ("{{" in part.raw or "{%" in part.raw):
            raise place.fault("只有单元格里的 {{ }} 会被填写，请从页眉页脚、数据有效性、条件格式里删去。")
        for formula in _FORMULA.finditer(part.raw):
            if "!" in _TEXTS.sub("", html.unescape(formula[3])):
                raise place.fault("条件格式、数据有效性或迷你图引用了工作表，复制成多张表时会指错，请改成直接写出。")


def frame(parts: Sequence[Element], layout: Layout, rows: str, used: str, *, is_first: bool) -> str:
    """The contents of a sheet: its filled `rows`, in the range `used`, amid everything else."""
    written = []
    for part in parts:
        if part.name == "sheetData":
            written.append(rows)
        elif part.name == "sheetPr":
            opening = set_attribute(part.opening, "codeName", None)
            written.append(part.raw.replace(part.opening, opening, 1))
        elif part.name == "sheetViews":
            views = re.sub(r'\stabSelected="[^"]*"', "", part.raw)
            written.append(re.sub(r"<sheetView\b", '<sheetView tabSelected="1"', views) if is_first else views)
        elif part.name == "dimension":
            written.append(f'<dimension ref="{used}"/>')
        elif part.name == "mergeCells":
            written.append(_merges(part, layout))
        elif part.name == "rowBreaks":
            written.append(_breaks(part, layout))
        else:
            written.append(_moved(part, layout) if part.name in _MOVED else part.raw)
    return "".join(written)


def _merges(part: Element, layout: Layout) -> str:
    moved = []
    for merge in part.children:
        first, _, last = merge.attributes["ref"].partition(":")
        left, right = first.rstrip("0123456789"), last.rstrip("0123456789")
        for top, bottom in layout.copies(int(first[len(left) :]), int(last[len(right) :])):
            moved.append(f'<mergeCell ref="{left}{top}:{right}{bottom}"/>')
    return f'<mergeCells count="{len(moved)}">{"".join(moved)}</mergeCells>' if moved else ""


def _breaks(part: Element, layout: Layout) -> str:
    moved = []
    for line in part.children:
        row = int(line.attributes["id"])
        moved += [set_attribute(line.raw, "id", str(below)) for _, below in layout.copies(row, row)]
    if not moved:
        return ""
    opening = part.opening
    for name in ("count", "manualBreakCount"):
        opening = set_attribute(opening, name, str(len(moved)))
    return part.with_inner("".join(moved)).replace(part.opening, opening, 1)


def _moved(part: Element, layout: Layout) -> str:
    if layout.is_still:
        return part.raw
    if part.name in _LISTS:
        kept = [text for child in part.children if (text := _moved_one(child.raw, layout))]
        if not kept:
            return ""
        opening = set_attribute(part.opening, "count", str(len(kept))) if "count" in part.attributes else part.opening
        return part.with_inner("".join(kept)).replace(part.opening, opening, 1)
    return _moved_one(part.raw, layout)


def _moved_one(raw: str, layout: Layout) -> str:
    """One thing with ranges and formulas, moved along; empty if none of its cells is left."""
    drawn = _SQREF.search(raw)
    if drawn and not layout.ranges(drawn[0]):
        return ""
    raw = _SQREF.sub(lambda match: layout.ranges(match[0]), raw)
    raw = _X14_RANGE.sub(lambda match: layout.ranges(match[0]) or layout.formula(match[0]), raw)
    raw = _REF.sub(lambda match: layout.formula(match[0]), raw)
    return _FORMULA.sub(lambda match: match[1] + escape(layout.formula(html.unescape(match[3]))) + match[4], raw)
