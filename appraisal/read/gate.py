"""The gate before a reader: what a file really is, and whether it is safe to open. Decides by bytes, never by extension."""

from __future__ import annotations

from typing import NamedTuple

from appraisal.model import Cell
from appraisal.problems import EMPTY_FILE, ENCRYPTED, EXTERNAL_LINKS, MACROS, NOT_A_WORKBOOK, TOO_LARGE, WRONG_EXTENSION, Problem
from appraisal.read.biff import has_password
from appraisal.read.compound import OLE, Compound
from appraisal.read.package import Package
from appraisal.read.text import is_table, kind_of_text
from appraisal.read.unfit import UnfitError

MOST_BYTES = 20_000_000
READ_ANYWAY = ("xl/worksheets/sheet", "xl/sharedstrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/media/")
"""Parts that are inflated, and so checked, later in any case; and pictures, which nobody reads."""


class Admitted(NamedTuple):
    """A file that may be opened: its true type (xlsx, xlsb, ods, xls, csv), remarks, and its container as far as it has one."""

    kind: str
    remarks: tuple[Problem, ...] = ()
    package: Package | None = None
    compound: Compound | None = None


def admit(data: bytes, file: str) -> Admitted:
    """What the file is. Raises UnfitError when it must not be opened."""
    if not data:
        raise UnfitError(EMPTY_FILE)
    weigh(len(data))
    if data.startswith(b"PK"):
        return _zip(data, file)
    if data.startswith(OLE):
        return _ole(data, file)
    if found := kind_of_text(data):
        raise UnfitError(NOT_A_WORKBOOK, found=found)
    if file.lower().endswith((".csv", ".txt")):
        return Admitted("csv")
    raise UnfitError(NOT_A_WORKBOOK, found="文本（CSV）" if is_table(data[:4_000]) else "认不出的格式")


def weigh(size: int) -> None:
    """Raises UnfitError for more bytes than any sheet has, which can be known before the file is read."""
    if size > MOST_BYTES:
        raise UnfitError(TOO_LARGE, found=f"{size / 1e6:.0f} MB", most=f"{MOST_BYTES / 1e6:.0f} MB")


def _extension(file: str, kind: str, usual: tuple[str, ...]) -> tuple[Problem, ...]:
    if file.lower().endswith(usual):
        return ()
    _, dot, extension = file.rpartition("/")[2].rpartition(".")
    return (WRONG_EXTENSION.at(Cell(file), extension=extension if dot else "（无）", found=kind),)


def _ole(data: bytes, file: str) -> Admitted:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnfitError(ENCRYPTED, why="读不出内容")
    compound = Compound(data)
    names = compound.streams.keys()
    if "workbook" not in names and "book" not in names:
        words = {"worddocument": "Word 文档", "powerpoint document": "演示文稿"}
        raise UnfitError(NOT_A_WORKBOOK, found=next((known for name, known in words.items() if name in names), "认不出的格式"))
    if has_password(compound.read("workbook")):
        raise UnfitError(ENCRYPTED, why="读不出内容")
    macros = (MACROS.at(Cell(file)),) if "_vba_project_cur" in names else ()
    return Admitted("xls", (*_extension(file, "xls", (".xls", ".et", ".xlt")), *macros), compound=compound)


def _zip(data: bytes, file: str) -> Admitted:
    package = Package(data)
    kind, usual = _kind(package)
    later = READ_ANYWAY if kind == "xlsx" else ()
    for name in package.parts:
        if not name.startswith(later):
            package.check(name)
    remarks = _extension(file, kind, usual)
    if "xl/vbaproject.bin" in package:
        remarks += (MACROS.at(Cell(file)),)
    if any(name.startswith("xl/externallinks/") for name in package.parts):
        remarks += (EXTERNAL_LINKS.at(Cell(file)),)
    return Admitted(kind, remarks, package)


def _kind(package: Package) -> tuple[str, tuple[str, ...]]:
    """The type by the parts, and the extensions it usually has."""
    if "xl/workbook.bin" in package:
        return "xlsb", (".xlsb",)
    if "content.xml" in package:
        return "ods", (".ods",)
    if "word/document.xml" in package:
        raise UnfitError(NOT_A_WORKBOOK, found="Word 文档")
    if "xl/workbook.xml" in package or "[content_types].xml" in package:
        return "xlsx", (".xlsx", ".xlsm", ".xltx", ".xltm", ".et")
    raise UnfitError(NOT_A_WORKBOOK, found="压缩包")
