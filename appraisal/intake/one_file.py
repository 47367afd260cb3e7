"""One file: bytes → cells → standard sheets → values. What reading needs is imported here, so that only workers load it."""

from __future__ import annotations

import hashlib

from appraisal.discover import Found
from appraisal.intake.workers import MEMORY, Intake
from appraisal.model import Cell
from appraisal.problems import CHANGED_MEANWHILE, READER_LOST, UNREADABLE
from appraisal.read import UnfitError, read_book, weigh
from appraisal.recognise import recognise
from appraisal.render.returned.marker import returned_of
from appraisal.standard import Standard
from appraisal.validate import validate


def read_file(found: Found, standard: Standard) -> Intake:
    """One file: bytes → cells → standard sheets → values, with every problem on the way."""
    try:
        weigh(found.path.stat().st_size)
        data = found.path.read_bytes()
        state = found.path.stat()
    except UnfitError as unfit:
        return Intake(found.name, "", (), (unfit.of(found.name),))
    except OSError as error:
        return Intake(
            found.name, "", (), (UNREADABLE.at(Cell(found.name), why="没有读取权限" if isinstance(error, PermissionError) else "刚被移走，或磁盘、网络出错"),)
        )
    digest = hashlib.sha256(data).hexdigest()
    if (state.st_size, state.st_mtime) != (found.size, found.changed):
        return Intake(found.name, digest, (), (CHANGED_MEANWHILE.at(Cell(found.name)),))
    try:
        book, problems = read_book(data, found.name, standard.password or None)
        sheets, more = recognise(book, standard)
        tables = []
        problems = (*problems, *more)
        for sheet in sheets:
            table, faults = validate(sheet, standard)
            tables.append(table)
            problems = (*problems, *faults)
    except MemoryError:
        return Intake(found.name, digest, (), (READER_LOST.at(Cell(found.name), why=f"内存超过 {MEMORY // 10**6} MB"),))
    mark = returned_of(book.sheets[0].name, book.sheets[0].rows) if book.sheets else ""
    return Intake(found.name, digest, tuple(tables), problems, mark, found.changed)
