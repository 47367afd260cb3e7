"""input/通讯录.xlsx → the recipients, each address checked as if somebody wanted the letters to go elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from appraisal.mail.faults import BAD_ADDRESS, NO_COLUMNS, NO_OBJECT, OUTSIDE, TWICE, UNKNOWN_CATEGORY, UNREAD
from appraisal.mail.letter import Category, MailError, Reader, Recipient, Sheet
from appraisal.model import Cell
from appraisal.notation import label, words
from appraisal.problems import Problem

FILE = "通讯录.xlsx"
_COLUMNS = ("对象", "类别", "收件人", "抄送")
_NEEDED = 3
_HEADER_ROWS = 15
_ATOM = r"[A-Za-z0-9_+\-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
_BETWEEN = re.compile("[;；,，、]")
_LONGEST, _LONGEST_LOCAL = 254, 64
NOBODY = ("不发", "无", "-", "—", "/")
"""收件人 of somebody who is deliberately not written to."""


def address_book(input_folder: Path) -> Path:
    """The file of the address book. Raises MailError when there is none, or more than one."""
    proper = input_folder / FILE
    if proper.is_file():
        return proper
    found = sorted(path for path in input_folder.rglob("通讯录.xls*") if path.is_file() and not path.name.startswith("~$"))
    if len(found) == 1:
        return found[0]
    if found:
        raise MailError(f"input 文件夹里有 {len(found)} 个通讯录（{'、'.join(path.relative_to(input_folder).as_posix() for path in found)}），请只保留一个")
    raise MailError(f"input 文件夹里没有 {FILE}。请建一张：列名 对象、类别（上级主管、呈报单位、科室、个人）、收件人、抄送，一行一个对象")


def recipients(data: bytes, file: str, read: Reader, domains: Sequence[str] = ()) -> tuple[tuple[Recipient, ...], tuple[Problem, ...]]:
    """Everybody in the address book, and what is wrong with it. `domains` are those that may be written to; () for any."""
    book, problems = read(data, file)
    found: list[Recipient] = []
    faults = [problem for problem in problems if problem.is_error]
    shown = [sheet for sheet in book.sheets if not sheet.hidden]
    places = [(sheet, head) for sheet in shown if (head := _header(sheet)) is not None]
    if not places and not faults:
        faults.append(NO_COLUMNS.at(Cell(file)))
    if places and any(sheet.hidden for sheet in book.sheets):
        faults.append(UNREAD.at(Cell(file), why="里有隐藏的工作表"))
    for sheet, (row, columns) in places:
        for one in _lines(sheet, file, row, columns):
            line, wrong = one.recipient(domains)
            faults += wrong
            twin = next((other for other in found if line is not None and (other.category, label(other.name)) == (line.category, label(line.name))), None)
            if line is not None and twin is not None:
                faults.append(TWICE.at(line.cell, line.name, category=line.category, other=twin.cell))
            elif line is not None:
                found.append(line)
    return tuple(found), tuple(faults)


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The row of the header and the place of each column in it."""
    for number, row in enumerate(sheet.rows[:_HEADER_ROWS]):
        names = [label(value) if isinstance(value, str) else "" for value in row]
        if all(name in names for name in _COLUMNS[:_NEEDED]):
            return number, {name: names.index(name) for name in _COLUMNS if name in names}
    return None


class _Line:
    """One row of the address book, its texts as they stand in the cells."""

    def __init__(self, sheet: Sheet, file: str, row: int, columns: dict[str, int]) -> None:
        values = sheet.rows[row]
        self._texts = {name: _text(values[place]) if place < len(values) else "" for name, place in columns.items()}
        self._cells = {name: Cell(file, sheet.name, sheet.top + row + 1, sheet.left + place + 1) for name, place in columns.items()}

    @property
    def empty(self) -> bool:
        return not any(text.strip() for text in self._texts.values())

    def recipient(self, domains: Sequence[str]) -> tuple[Recipient | None, list[Problem]]:
        """The line as a recipient; None when something is wrong with it. A line without any address is nobody."""
        name = _spelled(self._texts["对象"])
        addresses, faults = {}, []
        for item in ("收件人", "抄送"):
            addresses[item], wrong = self._addresses(item, name, domains)
            faults += wrong
        category = next((known for known in Category if label(self._texts["类别"]) == known), None)
        if category is None:
            faults.append(UNKNOWN_CATEGORY.at(self._cells["类别"], name, found=self._texts["类别"].strip()))
        if not name:
            faults.append(NO_OBJECT.at(self._cells["对象"]))
        nobody = self._texts["收件人"].strip() in NOBODY
        if faults or category is None or not (addresses["收件人"] or nobody):
            return None, faults
        return Recipient(category, name, addresses["收件人"], addresses["抄送"], self._cells["对象"]), []

    def _addresses(self, item: str, name: str, domains: Sequence[str]) -> tuple[tuple[str, ...], list[Problem]]:
        text = self._texts.get(item, "")
        if not text.strip(" ") or text.strip() in NOBODY:
            return (), []
        found, faults = [], []
        for one in (part.strip(" ") for part in _BETWEEN.split(text.rstrip(" ;；,，、"))):
            if why := fault_of(one):
                faults.append(BAD_ADDRESS.at(self._cells[item], name, item=item, found=one, why=why))
            elif domains and not allowed(one, domains):
                faults.append(OUTSIDE.at(self._cells[item], name, item=item, found=one, domains="、".join(domains)))
            else:
                found.append(one)
        return tuple(dict.fromkeys(found)), faults


def _lines(sheet: Sheet, file: str, header: int, columns: dict[str, int]) -> Iterator[_Line]:
    for row in range(header + 1, len(sheet.rows)):
        line = _Line(sheet, file, row, columns)
        if not line.empty:
            yield line


def _text(value: object) -> str:
    return value if isinstance(value, str) else words(value)


def _spelled(text: str) -> str:
    """A name as it was typed, full-width brackets and all, on one line and without what nobody sees."""
    return " ".join("".join(char for char in text if unicodedata.category(char) != "Cf").split())


# ---- one address -------------------------------------------------------------------------------------------------------
def fault_of(address: str) -> str:
    """Why a text is not exactly one plain address (name@domain, ASCII, no display name); "" when it is."""
    if not address:
        return "是空的"
    if any(not char.isprintable() for char in address):
        return "里有换行或看不见的字符"
    if not address.isascii():
        return "里有全角字符或汉字"
    if any(char in address for char in '<>"() '):
        return "里有尖括号、引号、括号或空格，只能写地址本身，不能带姓名"
    if len(address) > _LONGEST or len(address.partition("@")[0]) > _LONGEST_LOCAL or not _ADDRESS.fullmatch(address):
        return "不是一个邮件地址"
    return ""


def allowed(address: str, domains: Sequence[str]) -> bool:
    """True when the domain is one of those, or below one written with a leading dot (.gov.cn)."""
    domain = address.rpartition("@")[2].lower()
    return any(domain == name.lower() or (name.startswith(".") and domain.endswith(name.lower())) for name in domains)
