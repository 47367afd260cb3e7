"""input/ → the files in it, each accounted for: to be read, or passed over with a reason."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from appraisal.model import Cell
from appraisal.problems import BEING_EDITED, FILE_NAME, FOLDER_CLOSED, LINK_IGNORED, NOT_A_WORKBOOK, Problem

JUNK = ("thumbs.db", "desktop.ini", ".ds_store")
_JUNCTION = 0xA0000003
"""IO_REPARSE_TAG_MOUNT_POINT."""
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


class Found(Struct, frozen=True):
    """A file to read: where it is, and its name relative to input/ with forward slashes."""

    place: str
    name: str
    size: int
    changed: float

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.place)


def discover(folder: Path) -> tuple[tuple[Found, ...], tuple[Problem, ...], int]:
    """All files below `folder` in a stable order, problems, and how many were passed over as leftovers (~$, .tmp, .DS_Store)."""
    files: list[Found] = []
    problems: list[Problem] = []
    leftovers = 0
    before = len(str(folder)) + 1
    for place, state in _walk(folder):
        inside = place[before:].replace(os.sep, "/")
        name = _shown(inside)
        low = inside.rpartition("/")[2].lower()
        if isinstance(state, OSError):
            problems.append(FOLDER_CLOSED.at(Cell(name or "input"), why=_why(state)))
        elif _is_link(state) or not stat.S_ISREG(state.st_mode):
            problems.append(LINK_IGNORED.at(Cell(name), found="链接" if _is_link(state) else "特殊文件"))
        elif low.startswith("~$"):
            leftovers += 1
            path = Path(place)
            if (edited := path.parent / path.name[2:]).exists():
                problems.append(BEING_EDITED.at(Cell(edited.relative_to(folder).as_posix())))
        elif low.startswith(".") or low in JUNK or low.endswith((".tmp", ".bak")):
            leftovers += 1
        elif inside.startswith(ADDRESS_BOOK) and "/" not in inside and Path(place).stem == ADDRESS_BOOK:
            continue
        elif (kind := OTHER.get(low[low.rfind(".") :])) is not None:
            problems.append(NOT_A_WORKBOOK.at(Cell(name), found=kind))
        elif name != inside:
            problems.append(FILE_NAME.at(Cell(name)))
        else:
            files.append(Found(place, name, state.st_size, state.st_mtime))
    return tuple(sorted(files, key=lambda file: file.name)), tuple(problems), leftovers


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result | OSError]]:
    """Every entry below `folder`, folders entered but never through a link; a folder that cannot be entered comes with the reason."""
    waiting = [str(folder)] if folder.is_dir() else []
    while waiting:
        inside = waiting.pop()
        try:
            for entry in os.scandir(inside):
                state = entry.stat(follow_symlinks=False)
                if not stat.S_ISDIR(state.st_mode) or _is_link(state):
                    yield entry.path, state
                elif not entry.name.startswith("."):
                    waiting.append(entry.path)
        except OSError as error:
            yield inside, error


def _is_link(state: os.stat_result) -> bool:
    """True for a link, and for a junction of Windows, which passes for a folder and may lead round in a circle."""
    return stat.S_ISLNK(state.st_mode) or getattr(state, "st_reparse_tag", 0) == _JUNCTION


def _shown(name: str) -> str:
    """A name as any workbook and terminal can show it: bytes that are no text (from a foreign archive) by their number."""
    return os.fsencode(name).decode("utf-8", "backslashreplace") if os.name == "posix" else name


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有权限"
    return "路径太长，或文件夹套得太深" if error.errno == errno.ENAMETOOLONG else "刚被移走，或磁盘、网络出错"
