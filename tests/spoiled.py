"""Files nobody should send: broken, encrypted, swollen, of another kind. Each is made here, byte by byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import hostile
from drawn import xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def empty() -> bytes:
    return b""


def broken() -> bytes:
    """Begins like a zip and is none."""
    return b"PK\x03\x04" + bytes(300)


def half() -> bytes:
    """The first part of a download that broke off."""
    return xlsx("出勤汇总表（2021-10）\n姓名  病假\n张三  1")[:900]


def encrypted() -> bytes:
    """An OLE container that holds an EncryptedPackage, as Excel writes a workbook with a password."""
    return OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


def broken_xls() -> bytes:
    return OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(2000)


def large() -> bytes:
    return b"PK\x03\x04" + bytes(20_000_001)


def bomb() -> bytes:
    """A small zip that unpacks to 30 MB of nothing."""
    return _package({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(30_000_000)})


def escaping() -> bytes:
    """A zip that would write outside its folder."""
    return _package({"xl/workbook.xml": b"<workbook/>", "../../outside.xml": b"x"})


def web_page() -> bytes:
    return "<html><table><tr><td>姓名</td></tr></table></html>".encode()


def text() -> bytes:
    return "姓名,病假\n张三,1\n".encode("gb18030")


def pdf() -> bytes:
    return b"%PDF-1.4\n"


def archive() -> bytes:
    return _package({"说明.txt": b"x"})


def lying() -> bytes:
    """A workbook of a few hundred bytes that claims to hold four million million strings: it ends the process that reads it."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def relations(*targets: tuple[str, str]) -> str:
        lines = (f'<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{target}"/>' for number, (kind, target) in enumerate(targets, 1))
        return f'<Relationships xmlns="{package}/relationships">{"".join(lines)}</Relationships>'

    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}" count="4000000000000" uniqueCount="4000000000000"><si><t>a</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
    }
    return _package({name: data.encode() for name, data in parts.items()})


def _package(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


MADE: dict[str, Callable[[], bytes]] = {
    made.__name__: made for made in (empty, broken, half, encrypted, broken_xls, large, bomb, escaping, web_page, text, pdf, archive, lying)
} | hostile.MADE
"""Every such file by the name that tests/problems.yaml calls it by."""
