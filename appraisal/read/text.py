"""Text files: CSV in the encodings clerks' programs write, and what else goes about as .xls or .csv."""

from __future__ import annotations

import csv
import io
import re

from appraisal.problems import NOT_A_WORKBOOK, TOO_LARGE, UNREADABLE
from appraisal.read.tabs import MOST_COLUMNS, MOST_ROWS
from appraisal.read.unfit import UnfitError

_HAN = "[\u4e00-\u9fff]"
_MOST_RARE = 0.2
"""Chinese text hardly uses characters outside GB2312; another encoding read as GB18030 is full of them."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of_text(data: bytes) -> str:
    """What a file that is no workbook really is, in words; "" for text that may be a table."""
    head = data[:4_000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "XML 表格（Excel 2003）"
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")) or b"<table" in head[:2_000]:
        return "网页（HTML）"
    if head.startswith(b"mime-version:"):
        return "网页（MHTML）"
    if data.startswith(b"%PDF"):
        return "PDF"
    if data.startswith(b"{\\rtf"):
        return "RTF 文档"
    if data.startswith((b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")):
        return "很旧的 Excel（97 以前）"
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")):
        return "图片"
    return "Unicode（UTF-16）文本" if data.startswith(UTF_16) else ""


def is_table(head: bytes) -> bool:
    """True for the beginning of a text with commas or tabs, as many programs export under the name of a workbook."""
    control = sum(byte < 0x20 and byte not in b"\t\r\n" for byte in head)
    return control == 0 and any(separator in head for separator in (b",", b"\t"))


def read_text(data: bytes) -> list[list[object]]:
    """The rows of a CSV, every value as text. Raises UnfitError for what cannot be read without guessing."""
    if b"\0" in data:
        raise UnfitError(UNREADABLE, why="含有空字符，不是正常的文本")
    text = _decoded(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if text.count("\t") > text.count(",") else ",", strict=True)
    rows: list[list[object]] = []
    try:
        for line in lines:
            rows.append(list(line))
            if len(rows) > MOST_ROWS or len(line) > MOST_COLUMNS:
                raise UnfitError(TOO_LARGE, "CSV", len(rows), len(line), found=f"{len(rows)} 行、{len(line)} 列", most=f"{MOST_ROWS} 行、{MOST_COLUMNS} 列")
    except csv.Error:
        raise UnfitError(UNREADABLE, "CSV", lines.line_num, why="引号没有配对，或一格里文字过长") from None
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if any(_is_utf_8(line) for line in data.splitlines()):
        raise UnfitError(NOT_A_WORKBOOK, found="混有两种编码的文本")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise UnfitError(UNREADABLE, why="编码无法识别") from None
    chinese = [char for char in text if not char.isascii()]
    if chinese and sum(not char.encode("gb2312", "ignore") for char in chinese) > _MOST_RARE * len(chinese):
        raise UnfitError(UNREADABLE, why="编码无法识别")
    return text


def _is_utf_8(line: bytes) -> bool:
    """True for a line that is Chinese in UTF-8, which hardly any line in GB18030 is by chance."""
    try:
        return re.search(_HAN, line.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False
