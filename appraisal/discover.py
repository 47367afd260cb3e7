"""input/ → the files in it, each accounted for: to be read, or passed over with a reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appraisal.model import Cell
from appraisal.problems import BEING_EDITED, LINK_IGNORED, NOT_A_WORKBOOK, Problem

JUNK = ("thumbs.db", "desktop.ini", ".ds_store")
ADDRESS_BOOK = "通讯录"
"""Read by `mail` alone: who is written to changes no grade."""
OTHER = {
    ".pdf": "PDF",
    ".doc": "Word 文档",
    ".docx": "Word 文档",
    ".wps": "WPS 文字",
    ".jpg": "图片",
    ".jpeg": "图片",
    ".png": "图片",
    ".zip": "压缩包",
    ".rar": "压缩包",
    ".7z": "压缩包",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: where it is, and its name relative to input/ with forward slashes."""

    path: Path
    name: str
    size: int
    changed: float


def discover(folder: Path) -> tuple[tuple[Found, ...], tuple[Problem, ...], int]:
    """All files below `folder` in a stable order, problems, and how many were passed over as leftovers (~$, .tmp, .DS_Store)."""
    files: list[Found] = []
    problems: list[Problem] = []
    leftovers = 0
    for path, state in _walk(folder):
        name = path.relative_to(folder).as_posix()
        low = path.name.lower()
        if stat.S_ISLNK(state.st_mode) or not (stat.S_ISREG(state.st_mode)):
            problems.append(LINK_IGNORED.at(Cell(name), found="链接" if stat.S_ISLNK(state.st_mode) else "特殊文件"))
        elif low.startswith("~$"):
            leftovers += 1
            if (path.parent / path.name[2:]).exists():
                problems.append(BEING_EDITED.at(Cell((path.parent / path.name[2:]).relative_to(folder).as_posix())))
        elif low.startswith(".") or low in JUNK or low.endswith((".tmp", ".bak")):
            leftovers += 1
        elif path.parent == folder and path.stem == ADDRESS_BOOK:
            continue
        elif path.suffix.lower() in OTHER:
            problems.append(NOT_A_WORKBOOK.at(Cell(name), found=OTHER[path.suffix.lower()]))
        else:
            files.append(Found(path, name, state.st_size, state.st_mtime))
    return tuple(sorted(files, key=lambda file: file.name)), tuple(problems), leftovers


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Every entry below `folder`, folders entered but never through a link."""
    if not folder.is_dir():
        return
    for entry in os.scandir(folder):
        state = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(state.st_mode):
            if not entry.name.startswith("."):
                yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path), state
