"""One run at a time in a workplace: who comes second is told who is at it."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from appraisal.refused import explained


class HeldError(Exception):
    """Another run is at work here. Chinese message naming who holds the workplace."""


@contextmanager
def held(output: Path) -> Iterator[None]:
    """Holds the workplace for this run; the lock of a program that died is free again by itself.

    Raises HeldError at once when somebody else has it, BusyError when nothing can be written there.
    """
    note = output / ".正在运行"
    lock = FileLock(output / ".正在运行.lock")
    with explained(output):
        output.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise HeldError(f"另一个程序正在处理这个工作文件夹（{_holder(note)}）。请等它结束后再运行") from None
    try:
        with suppress(OSError):  # the lock holds without the note
            note.write_text(f"用户 {_user()}，电脑 {platform.node() or '本机'}，进程 {os.getpid()}", encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "无法得知是谁"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "未知"
