"""One file: bytes → cells → standard sheets → values. What reading needs is imported here, so that only workers load it."""

from __future__ import annotations

import hashlib
import os
from io import FileIO

from msgspec import Struct

from appraisal.discover import Found
from appraisal.intake.workers import MEMORY, Intake
from appraisal.model import Cell
from appraisal.problems import CHANGED_MEANWHILE, READER_LOST, UNREADABLE, Problem
from appraisal.read import Book, UnfitError, read_book, weigh
from appraisal.recognise import recognise
from appraisal.render.returned.marker import returned_of
from appraisal.standard import Standard
from appraisal.validate import validate


class Opened(Struct, frozen=True):
    """A file's cells, before anybody knows what they mean."""

    name: str
    sha256: str
    book: Book
    problems: tuple[Problem, ...] = ()
    changed: float = 0


def read_file(found: Found, standard: Standard) -> Intake:
    """One file: bytes → cells → standard sheets → values, with every problem on the way."""
    try:
        return understood(opened(found, standard), standard)
    except MemoryError:
        return Intake(found.name, _digest(found), (), (READER_LOST.at(Cell(found.name), why=f"内存超过 {MEMORY // 10**6} MB"),))


def _digest(found: Found) -> str:
    """The hash of a file too large to be read at once; "" when it cannot be read at all."""
    try:
        with FileIO(found.place) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def opened(found: Found, standard: Standard) -> Opened:
    """Bytes → cells."""
    try:
        with FileIO(found.place) as file:
            weigh(os.fstat(file.fileno()).st_size)
            data = file.readall()
            state = os.fstat(file.fileno())
    except UnfitError as unfit:
        return _unread(found, "", unfit.of(found.name))
    except OSError as error:
        why = "没有读取权限" if isinstance(error, PermissionError) else "刚被移走，或磁盘、网络出错"
        return _unread(found, "", UNREADABLE.at(Cell(found.name), why=why))
    digest = hashlib.sha256(data).hexdigest()
    if (state.st_size, state.st_mtime) != (found.size, found.changed):
        return _unread(found, digest, CHANGED_MEANWHILE.at(Cell(found.name)))
    return Opened(found.name, digest, *read_book(data, found.name, standard.password or None), found.changed)


def understood(file: Opened, standard: Standard) -> Intake:
    """Cells → standard sheets → values."""
    sheets, more = recognise(file.book, standard)
    tables = []
    problems = (*file.problems, *more)
    for sheet in sheets:
        table, faults = validate(sheet, standard)
        tables.append(table)
        problems = (*problems, *faults)
    mark = returned_of(file.book.sheets[0].name, file.book.sheets[0].rows) if file.book.sheets else ""
    return Intake(file.name, file.sha256, tuple(tables), problems, mark, file.changed)


def _unread(found: Found, digest: str, problem: Problem) -> Opened:
    return Opened(found.name, digest, Book(found.name), (problem,))
