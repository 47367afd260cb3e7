"""What the disk refuses, said in Chinese: no room, no permission, a workbook open elsewhere, a fault of the disk or the network."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_NOWHERE = frozenset({errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR})
"""Windows says that a folder does not exist when the path to it is too long."""


class BusyError(Exception):
    """Something could not be written: a file is open elsewhere, the disk is full or broken, or there is no permission. Chinese message."""


def refused(error: OSError, place: Path, stands: str = "") -> BusyError:
    """What the system said about a file or folder, as a sentence that says what to do; `stands` says what was kept."""
    kept = f"；{stands}" if stands else ""
    if error.errno in _FULL:
        return BusyError(f"磁盘空间不足（{_room(place)}），写不进 {place}{kept}。请清理磁盘后再运行一次")
    if isinstance(error, PermissionError) or error.errno in _READ_ONLY:
        return BusyError(f"{place} 没有写入权限，或里面的文件正被 WPS 或 Excel 打开{kept}。请关闭打开的文件、检查文件夹是否只读后再运行一次")
    if error.errno in _NOWHERE:
        return BusyError(f"写不进 {place}：路径太长，或文件夹刚被移走{kept}。请把工作文件夹移到路径较短的地方后再运行一次")
    return BusyError(f"读写 {place} 时磁盘或网络出错（{code(error)}）{kept}。请检查磁盘和网络后再运行一次")


@contextmanager
def explained(place: Path, stands: str = "") -> Iterator[None]:
    """Whatever the system refuses inside becomes a BusyError about `place`."""
    try:
        yield
    except OSError as error:
        raise refused(error, place, stands) from error


def reason(error: sqlite3.Error | OSError) -> str:
    """In a few words what a database or the system complains about."""
    if isinstance(error, OSError):
        full, denied, broken = error.errno in _FULL, error.errno in _READ_ONLY, True
    else:
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        full, denied, broken = kind == sqlite3.SQLITE_FULL, kind in _DENIED, kind == sqlite3.SQLITE_IOERR
        if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return "正被别的程序占用"
    if full:
        return "磁盘空间不足"
    if denied:
        return "打不开，或没有写入权限"
    return "磁盘或网络出错" if broken else "文件已损坏，或不是本程序写的"


_DENIED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH)


def code(error: OSError) -> str:
    """The short name of a fault, for whoever is asked to help: EIO."""
    return errno.errorcode.get(error.errno or 0, "原因不明")


def _room(place: Path) -> str:
    there = next((folder for folder in (place, *place.absolute().parents) if folder.exists()), Path.cwd())
    try:
        return f"剩余 {shutil.disk_usage(there).free // 10**6} MB"
    except OSError:
        return "剩余不明"
