"""Workbooks → output/<PERIOD>/, whole or not at all: written beside, made durable, then exchanged in one step."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_TEMPORARY = ".写入中-"
_OLD = ".旧-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class BusyError(Exception):
    """The output cannot be replaced: a file in it is open elsewhere, the disk is full, or there is no permission. Chinese message."""


def sweep(output: Path) -> None:
    """Puts right what a killed run left: an old result whose successor never arrived is put back, temporary folders go."""
    if not output.is_dir():
        return
    for old in output.glob(f"{_OLD}*"):
        proper = output / old.name.removeprefix(_OLD)
        if proper.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(proper)
    for left in output.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(left, ignore_errors=True)


def waiting(output: Path) -> list[tuple[str, Path]]:
    """Folders that a killed run left beside the proper ones, by the name they were meant for."""
    return [(folder.name.removeprefix(_TEMPORARY), folder) for folder in sorted(output.glob(f"{_TEMPORARY}*"))] if output.is_dir() else []


def deliver(files: Mapping[str, bytes], output: Path, name: str) -> Path:
    """Replaces output/<name> by exactly these files (relative path → bytes). Raises BusyError and leaves the old folder as it was."""
    return put_in_place(write_beside(files, output, name), output, name)


def write_beside(files: Mapping[str, bytes], output: Path, name: str) -> Path:
    """Writes the files into a folder beside output/<name>, durably. Raises BusyError and leaves nothing behind."""
    fresh = output / f"{_TEMPORARY}{name}"
    try:
        output.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(fresh, ignore_errors=True)
        with ThreadPoolExecutor() as pool:  # most of the time goes by waiting for the disk
            list(pool.map(_write, [fresh / relative for relative in files], files.values()))
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise BusyError(_why(error, output / name)) from error
    return fresh


def put_in_place(fresh: Path, output: Path, name: str, *, keep: bool = False) -> Path:
    """Puts a written folder in the place of output/<name>, in one step where the system can.

    Raises BusyError; the old folder stands, and the fresh one waits beside it only when it is to be kept (the archive speaks of it already).
    """
    try:
        _exchange(fresh, output / name)
    except OSError as error:
        if not keep:
            shutil.rmtree(fresh, ignore_errors=True)
        raise BusyError(_why(error, output / name)) from error
    shutil.rmtree(fresh, ignore_errors=True)
    return output / name


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _exchange(fresh: Path, target: Path) -> None:
    """Puts `fresh` in the place of `target` in one step where the system can; elsewhere in two, which `sweep` can undo."""
    if not target.exists():
        fresh.rename(target)
    elif not _exchanged(fresh, target):
        old = target.with_name(f"{_OLD}{target.name}")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        try:
            fresh.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Linux can swap two names atomically; False where this system or file system cannot."""
    if sys.platform != "linux":
        return False
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return swap is not None and swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


def _why(error: OSError, target: Path) -> str:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        free = shutil.disk_usage(target.parent if target.parent.exists() else Path.cwd()).free
        return f"磁盘空间不足（剩余 {free // 10**6} MB），没有写出新结果；上次的结果保持原样。请清理磁盘后再运行一次"
    if isinstance(error, PermissionError):
        return f"{target.name} 里的文件正被 WPS 或 Excel 打开，或没有写入权限；上次的结果保持原样。请关闭后再运行一次"
    return f"写不进 {target.parent}（{error.strerror}）；上次的结果保持原样"
