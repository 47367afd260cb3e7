"""An .xlsx as a package of parts: what belongs to which sheet, and what of it may be copied."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable

from msgspec import Struct

from appraisal.render.layout import Layout
from appraisal.render.markup import DECLARATION, attribute, document
from appraisal.render.template_error import Place

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MOMENT = rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)"
_KINDS = {  # what may hang on what; everything else would be lost or would point to the wrong sheet
    "workbook": {"worksheet", "styles", "theme", "sharedStrings", "calcChain", "customXml", "sheetMetadata", "person"},
    "worksheet": {"drawing", "vmlDrawing", "comments", "printerSettings", "image"},
    "drawing": {"image"},
    "vmlDrawing": {"image"},
}
UNREADABLE = "打不开这个模板，它应当是没有密码的 .xlsx，请用 Excel 或 WPS 另存。"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, OSError, EOFError)
_OUTSIDE = ' TargetMode="External"'
_NAMES = {
    "externalLink": "指向其他文件的链接",
    "pivotCacheDefinition": "数据透视表",
    "pivotTable": "数据透视表",
    "vbaProject": "宏",
    "chart": "图表",
    "chartsheet": "图表工作表",
    "table": "“表格”（套用表格格式）",
    "hyperlink": "超链接",
    "threadedComment": "批注会话",
    "connections": "数据连接",
}


class Relation(Struct, frozen=True):
    """That one part needs another: the number it calls it by, what for, and the other part's name."""

    number: str
    type: str
    target: str
    is_outside: bool = False

    @property
    def kind(self) -> str:
        """What for, in one word."""
        return self.type.rpartition("/")[2]


class Package:
    """The parts of an .xlsx file by name, and their content types."""

    def __init__(self, name: str, data: bytes) -> None:
        self.place = Place(name)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self.parts = {item.filename: archive.read(item) for item in archive.infolist() if not item.is_dir()}
            types = self._items("[Content_Types].xml", "Types", "content-types")
        except _UNREADABLE as error:
            raise self.place.fault(UNREADABLE) from error
        self._defaults = {item["Extension"].lower(): item["ContentType"] for item in types if "Extension" in item}
        self._overrides = {item["PartName"].lstrip("/"): item["ContentType"] for item in types if "PartName" in item}
        if any("_xmlsignatures" in name for name in self.parts):
            raise self.place.fault("带有数字签名，填写后签名会失效，请先去掉签名。")
        books = [relation.target for relation in self.relations("") if relation.kind == "officeDocument"]
        self.workbook = books[0] if books else ""
        if "sheet.main+xml" not in self.type_of(self.workbook):
            raise self.place.fault("不是普通的 .xlsx 工作簿（可能带宏或是别的格式），请另存为 .xlsx。")

    def type_of(self, name: str) -> str:
        """The content type of a part."""
        return self._overrides.get(name) or self._defaults.get(name.rpartition(".")[2].lower(), "")

    def relations(self, name: str) -> list[Relation]:
        """What a part needs; for the empty name, what the package begins with."""
        found = []
        for item in self._items(relations_name(name), "Relationships", "relationships") if relations_name(name) in self.parts else []:
            target, is_outside = item["Target"], item.get("TargetMode") == "External"
            if not is_outside:
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), target)).lstrip("/")
            found.append(Relation(item["Id"], item["Type"], target, is_outside))
        return found

    def checked(self, name: str, kind: str, place: Place) -> list[Relation]:
        """What a part of this kind needs; TemplateError if that is something that cannot be kept."""
        found = self.relations(name)
        for relation in found:
            if relation.kind not in _KINDS[kind] or relation.is_outside:
                what = _NAMES.get(relation.kind, relation.kind)
                raise place.fault(f"有{what}，填写后保不住，请删去后另存。")
            if relation.target not in self.parts:
                raise place.fault("模板文件已损坏，请用 Excel 或 WPS 打开后另存一次。")
        return found

    def _items(self, name: str, root: str, namespace: str) -> list[dict[str, str]]:
        _, top = document(self.parts[name], root, self.place, f"{_PACKAGE}/{namespace}")
        return [item.attributes for item in top.children]

    def content_types(self, parts: Iterable[tuple[str, str]]) -> bytes:
        """The part [Content_Types].xml for parts given by name and type."""
        defaults = "".join(
            f'<Default Extension="{attribute(extension)}" ContentType="{attribute(kind)}"/>' for extension, kind in sorted(self._defaults.items())
        )
        overrides = "".join(
            f'<Override PartName="/{attribute(name)}" ContentType="{attribute(kind)}"/>'
            for name, kind in sorted(parts)
            if kind and self._defaults.get(name.rpartition(".")[2].lower()) != kind
        )
        return f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">{defaults}{overrides}</Types>'.encode()


class Attached:
    """What hangs on a sheet of a template (pictures, comments, printer settings), to be copied with it."""

    def __init__(self, package: Package, sheet: str, place: Place) -> None:
        self._package = package
        self._relations = package.checked(sheet, "worksheet", place)
        self._children = {relation.target: package.checked(relation.target, relation.kind, place) for relation in self._relations if relation.kind in _KINDS}
        for relation in self._relations:
            if relation.kind in ("comments", "drawing") and b"{{" in package.parts[relation.target]:
                raise place.fault("批注、文本框里的 {{ }} 不会被填写，请写到单元格里。")

    @property
    def is_nothing(self) -> bool:
        """Nothing hangs on the sheet."""
        return not self._relations

    @property
    def owned(self) -> set[str]:
        """The parts that go wherever the sheet goes, with their relations."""
        named = {relation.target for relation in self._relations}
        named |= {child.target for children in self._children.values() for child in children}
        return named | {relations_name(name) for name in named}

    def comment_rows(self) -> set[int]:
        """The rows with comments."""
        data = [self._package.parts[item.target] for item in self._relations if item.kind == "comments"]
        return {int(row) for part in data for row in re.findall(rb'<comment\b[^>]*?\bref="[A-Z]+(\d+)"', part)}

    def copied(self, number: int, layout: Layout) -> tuple[dict[str, bytes], dict[str, str], bytes]:
        """For the tab of this number: the parts, their types, and the tab's own relations."""
        parts: dict[str, bytes] = {}
        types: dict[str, str] = {}
        renamed: list[Relation] = []
        for order, relation in enumerate(self._relations):
            source, target = relation.target, relation.target
            data = self._package.parts[source]
            if relation.kind != "image":
                stem, dot, ending = source.rpartition(".")
                target = f"{stem.rstrip('0123456789')}{number}{'abcdefgh'[order % 8] * (order > 0)}{dot}{ending}"
                data = data if layout.is_still else _moved(data, relation.kind, layout)
            parts[target], types[target] = data, self._package.type_of(source)
            renamed.append(Relation(relation.number, relation.type, target))
            children = self._children.get(source, [])
            if children:
                parts[relations_name(target)] = relations_part(children)
            for child in children:
                parts[child.target] = self._package.parts[child.target]
                types[child.target] = self._package.type_of(child.target)
        return parts, types, relations_part(renamed)


def _moved(data: bytes, kind: str, layout: Layout) -> bytes:
    """A drawing, or comments and their boxes, moved along with the rows."""

    def row(zero_based: str) -> str:
        return str(layout.around(int(zero_based) + 1, int(zero_based) + 1)[0] - 1)

    text = data.decode()
    if kind == "drawing":
        text = re.sub(r"(<(?:\w+:)?row>)(\d+)(?=<)", lambda match: match[1] + row(match[2]), text)
    elif kind == "comments":
        text = re.sub(r'(<comment\b[^>]*?\bref=")([A-Z]+\d+)', lambda match: match[1] + layout.formula(match[2]), text)
    elif kind == "vmlDrawing":
        text = re.sub(r"(<x:Row>\s*)(\d+)", lambda match: match[1] + row(match[2]), text)
        anchor = re.compile(r"(<x:Anchor>(?:\s*\d+\s*,){2})(\s*\d+)((?:\s*,\s*\d+){3}\s*,)(\s*\d+)")
        text = anchor.sub(lambda match: match[1] + row(match[2]) + match[3] + row(match[4]), text)
    return text.encode()


def relations_name(name: str) -> str:
    """The name of the part with the relations of a part."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"


def relations_part(relations: Iterable[Relation]) -> bytes:
    """A part with relations."""
    items = "".join(
        f'<Relationship Id="{attribute(item.number)}" Type="{attribute(item.type)}"'
        f' Target="{attribute(item.target if item.is_outside else "/" + item.target)}"'
        f"{_OUTSIDE if item.is_outside else ''}/>"
        for item in relations
    )
    return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'.encode()


def undated(core: bytes) -> bytes:
    """docProps/core.xml with fixed dates."""
    return re.sub(_MOMENT, rb"\g<1>1980-01-01T00:00:00Z\3", core)
