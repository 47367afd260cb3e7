"""XML as text that can be cut up and put together again without touching a byte of the rest.

Office parts are flat enough for this; what is not (comments, CDATA, a document type) no spreadsheet program writes,
and it is refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.parsers import expat

from msgspec import Struct

from appraisal.render.template_error import Place

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_ATTRIBUTE = r"""\s+([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"""<(/?)([A-Za-z_][\w:.-]*)((?:{_ATTRIBUTE.replace("(", "(?:")})*)\s*(/?)>""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLAIN = re.compile('[^\x00-\x1f&<>"_\ud800-\udfff\ufffe\uffff]*')
"""Text that stands in XML as it is."""
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Element(Struct, frozen=True):
    """One element as it stands in the part: `raw` is all of it, `inner` what lies between its tags."""

    name: str
    attributes: dict[str, str]
    inner: str
    raw: str
    opening: str

    @property
    def children(self) -> list[Element]:
        """The elements directly inside."""
        return list(elements(self.inner))

    def with_inner(self, inner: str) -> str:
        """The same element around other contents."""
        opening = self.opening
        return f"{opening[:-2].rstrip() if opening.endswith('/>') else opening[:-1]}>{inner}</{self.name}>"


def elements(xml: str) -> Iterator[Element]:
    """The elements of `xml` that are inside no other, in order."""
    depth = 0
    opening: re.Match[str] | None = None
    for tag in _TAG.finditer(xml):
        closing, _, _, empty = tag.groups()
        if closing:
            depth -= 1
            if depth == 0 and opening is not None:
                yield _element(xml, opening, tag)
        else:
            if depth == 0:
                opening = tag
                if empty:
                    yield _element(xml, tag, tag)
            depth += not empty


def _element(xml: str, opening: re.Match[str], closing: re.Match[str]) -> Element:
    attributes = {name: html.unescape(value[1:-1]) for name, value in _ATTRIBUTES.findall(opening[3])}
    inner = xml[opening.end() : closing.start()] if closing is not opening else ""
    return Element(opening[2], attributes, inner, xml[opening.start() : closing.end()], opening[0])


def document(data: bytes, root: str, place: Place, namespace: str = MAIN) -> tuple[str, Element]:
    """A part as text: what stands before its root element, and the root element, which must be called `root`."""
    try:
        expat.ParserCreate().Parse(data, True)
        text = data.decode("utf-8-sig")
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise place.fault("模板文件已损坏，请用 Excel 或 WPS 打开后另存一次。") from error
    top = None if "<!" in text else next(elements(text), None)
    if top is None or top.name != root or top.attributes.get("xmlns") != namespace:
        raise place.fault("模板的写法不认识，请用 Excel 或 WPS 另存为普通的 .xlsx。")
    return text[: text.index(top.opening)], top


def set_attribute(opening: str, name: str, value: str | None) -> str:
    """The opening tag with one attribute changed, or added, or (`None`) taken away."""
    pattern = re.compile(rf"""\s{re.escape(name)}\s*=\s*(?:"[^"]*"|'[^']*')""")
    text = "" if value is None else f' {name}="{attribute(value)}"'
    changed, count = pattern.subn(lambda _: text, opening, count=1)
    if count or value is None:
        return changed
    end = len(opening) - (2 if opening.endswith("/>") else 1)
    return f"{opening[:end].rstrip()}{text}{opening[end:]}"


def escape(text: str) -> str:
    """Any text as XML content of a cell: what XML forbids becomes U+FFFD, what Excel would decode stays as typed."""
    if not (text.isprintable() or text.replace("\n", "").isprintable()):  # nothing that XML forbids is printable
        text = _ILLEGAL.sub("\ufffd", text)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "_x" in text:
        text = _ESCAPE_LIKE.sub("_x005F_", text)
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def attribute(text: str) -> str:
    """Any text as an attribute's value."""
    if text.isalnum() or _PLAIN.fullmatch(text):
        return text
    text = _ILLEGAL.sub("\ufffd", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("\n", "&#10;")
