"""The gate before a reader: what a file really is, and whether it is safe to open. Decides by bytes, never by extension."""

from __future__ import annotations

import io
import zipfile

from appraisal.model import Cell
from appraisal.problems import EMPTY_FILE, ENCRYPTED, NOT_A_WORKBOOK, TOO_LARGE, UNREADABLE, UNSAFE, WRONG_EXTENSION, Problem

MOST_BYTES = 20_000_000
MOST_INFLATED = 200_000_000
MOST_PARTS = 2_000
MOST_RATIO = 100
SMALL_PART = 100_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def admit(data: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """The true type (xlsx, xlsb, ods, xls, csv) and the problems; "" when the file must not be opened."""
    cell = Cell(file)
    if not data:
        return "", (EMPTY_FILE.at(cell),)
    if len(data) > MOST_BYTES:
        return "", (TOO_LARGE.at(cell, found=f"{len(data) / 1e6:.0f} MB", most=f"{MOST_BYTES / 1e6:.0f} MB"),)
    if data.startswith(b"PK"):
        return _zip(data, cell)
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "", (ENCRYPTED.at(cell),)
        return "xls", _extension(file, "xls", (".xls", ".et", ".xlt"))
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")) or b"<table" in head:
        return "", (NOT_A_WORKBOOK.at(cell, found="网页（HTML）"),)
    if file.lower().endswith((".csv", ".txt")):
        return "csv", ()
    if data.startswith(b"%PDF"):
        return "", (NOT_A_WORKBOOK.at(cell, found="PDF"),)
    if b"\0" not in data[:4000] and b"," in data[:4000]:
        return "", (NOT_A_WORKBOOK.at(cell, found="文本（CSV）"),)
    return "", (NOT_A_WORKBOOK.at(cell, found="认不出的格式"),)


def _extension(file: str, kind: str, usual: tuple[str, ...]) -> tuple[Problem, ...]:
    if file.lower().endswith(usual):
        return ()
    return (WRONG_EXTENSION.at(Cell(file), extension=file.rpartition(".")[2] or "（无）", found=kind),)


def _zip(data: bytes, cell: Cell) -> tuple[str, tuple[Problem, ...]]:
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return "", (UNREADABLE.at(cell, why="文件不完整或已损坏"),)
    names = [part.filename for part in parts]
    inflated = sum(part.file_size for part in parts)
    why = ""
    if len(parts) > MOST_PARTS:
        why = f"内含 {len(parts)} 个部件"
    elif len(set(names)) != len(names):
        why = "部件重名"
    elif any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        why = "部件路径越界"
    elif any(part.flag_bits & 1 for part in parts):
        return "", (ENCRYPTED.at(cell),)
    if why:
        return "", (UNSAFE.at(cell, why=why),)
    if inflated > MOST_INFLATED or any(part.file_size > SMALL_PART and part.file_size > MOST_RATIO * max(part.compress_size, 1) for part in parts):
        return "", (TOO_LARGE.at(cell, found=f"解压后 {inflated / 1e6:.0f} MB", most=f"{MOST_INFLATED / 1e6:.0f} MB，且单个部件压缩比不超过 {MOST_RATIO} 倍"),)
    if "xl/workbook.bin" in names:
        return "xlsb", _extension(cell.file, "xlsb", (".xlsb",))
    if "content.xml" in names:
        return "ods", _extension(cell.file, "ods", (".ods",))
    if any(name.lower() == "xl/workbook.xml" for name in names) or "[Content_Types].xml" in names:
        return "xlsx", _extension(cell.file, "xlsx", (".xlsx", ".xlsm", ".xltx", ".et"))
    return "", (NOT_A_WORKBOOK.at(cell, found="压缩包"),)
