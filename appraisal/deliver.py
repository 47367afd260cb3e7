"""Workbooks → output/<PERIOD>/, whole or not at all: written beside, made durable, then exchanged in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from appraisal.durable import make_durable
from appraisal.refused import explained, refused

_TEMPORARY = ".写入中-"
_UNFINISHED = "未完"
_OLD = ".旧-"
_MANY = 100
"""From so many files on they are forced to disk together."""
_TELLING = (5, 8)
_STANDS = "上次的结果保持原样"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def sweep(output: Path, keep: Collection[Path] = ()) -> None:
    """Puts right what a killed run left: an old result whose successor never arrived is put back, temporary folders go.

    Raises BusyError when the old result cannot be put back. What cannot be removed is left for the next run.
    """
    if not output.is_dir():
        return
    for old in sorted(output.glob(f"{_OLD}*")):
        proper = output / old.name.removeprefix(_OLD)
        if proper.exists():
            _remove(old)
        else:
            with explained(proper, f"上次的结果在 {old.name} 里"):
                old.rename(proper)
    for left in output.glob(f"{_TEMPORARY}*"):
        if left not in keep:
            _remove(left)


def waiting(output: Path) -> list[tuple[str, Path]]:
    """Folders that a killed run had written completely but not put in place, by the name they were meant for.

    A folder's name carries the digest of what was to be in it. After the exchange the old result bears the new one's name: it is none of them.
    """
    found = []
    for folder in sorted(output.glob(f"{_TEMPORARY}*")):
        name, _, digest = folder.name.removeprefix(_TEMPORARY).rpartition("-")
        if name and digest == _digest({path.relative_to(folder).as_posix(): _hash(path) for path in folder.rglob("*") if path.is_file()}):
            found.append((name, folder))
    return found


def deliver(files: Mapping[str, bytes], output: Path, name: str) -> Path:
    """Replaces output/<name> by exactly these files (relative path → bytes). Raises BusyError and leaves the old folder as it was."""
    return put_in_place(write_beside(files, output, name), output, name)


def write_beside(files: Mapping[str, bytes], output: Path, name: str) -> Path:
    """Writes the files into a new folder beside output/<name>, durably. Raises BusyError and leaves nothing behind."""
    with folder_beside(output, name) as fresh:
        return complete(fresh, put(files, fresh))


@contextmanager
def folder_beside(output: Path, name: str) -> Iterator[Path]:
    """A new folder beside output/<name>, to be filled by `put` and then `complete`d. Raises BusyError for what the disk refuses within, and leaves nothing."""
    fresh = output / f"{_TEMPORARY}{name}-{_UNFINISHED}{os.getpid()}"  # no other run writes here, not even what is left of a killed one
    try:
        output.mkdir(parents=True, exist_ok=True)
        for left in _beside(output, name):
            _remove(left)
        fresh.mkdir()
        yield fresh
    except BaseException as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError):
            raise refused(error, output / name, _STANDS) from error
        raise


def put(files: Mapping[str, bytes], fresh: Path) -> dict[str, str]:
    """Writes files into the folder, from whatever process; each one's sha256. `complete` makes them durable."""
    for folder in sorted({(fresh / name).parent for name in files}):
        folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        with (fresh / name).open("wb") as file:
            file.write(data)
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def complete(fresh: Path, hashes: Mapping[str, str]) -> Path:
    """The folder with all that is to be in it, forced to disk, under the name that says so (see `waiting`)."""
    if len(hashes) < _MANY or not _synced(fresh):
        with ThreadPoolExecutor() as pool:  # nothing but waiting for the disk
            list(pool.map(_force, [fresh / name for name in hashes]))
        for folder in (*(path for path in fresh.rglob("*") if path.is_dir()), fresh):
            make_durable(folder)
    whole = fresh.rename(fresh.with_name(f"{fresh.name.rpartition('-')[0]}-{_digest(hashes)}"))
    try:
        make_durable(whole.parent)
    except OSError:
        shutil.rmtree(whole, ignore_errors=True)
        raise
    return whole


def put_in_place(fresh: Path, output: Path, name: str, *, keep: bool = False) -> Path:
    """Puts a written folder in the place of output/<name>, in one step where the system can.

    Raises BusyError; the old folder stands, and the fresh one waits beside it only when it is to be kept (the archive speaks of it already).
    """
    target = output / name
    try:
        _exchange(fresh, target)
    except OSError as error:
        if not keep:
            shutil.rmtree(fresh, ignore_errors=True)
        stands = _STANDS if target.exists() or not (old := _set_aside(target)).exists() else f"上次的结果在 {old.name} 里，下次运行时放回"
        raise refused(error, target, f"{stands}；新结果已存档，下次运行时换上" if keep else stands) from error
    with contextlib.suppress(OSError):
        make_durable(output)
    _remove(fresh)
    return target


def _digest(hashes: Mapping[str, str]) -> str:
    """A few digits that stand for names and contents."""
    return hashlib.sha256("".join(f"{len(name)}:{name}:{value};" for name, value in sorted(hashes.items())).encode()).hexdigest()[:8]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _beside(output: Path, name: str) -> Iterator[Path]:
    """What earlier runs left under the same name and could not remove."""
    return (left for left in output.glob(f"{_TEMPORARY}*") if left.name.rpartition("-")[0] == f"{_TEMPORARY}{name}")


def _force(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)  # Windows forces only what may be written
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _synced(folder: Path) -> bool:
    """Linux can force a whole disk at once, which takes a third of the time for hundreds of small files.

    False where there is no such call, or one that would not say what could not be written (before Linux 5.8).
    """
    if sys.platform != "linux" or tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2]) < _TELLING:
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    handle = os.open(folder, os.O_RDONLY)
    try:
        if call is None or call(handle) == 0:
            return call is not None
        number = ctypes.get_errno()
    finally:
        os.close(handle)
    if number in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM):
        return False
    raise OSError(number, os.strerror(number), str(folder))


def _set_aside(target: Path) -> Path:
    return target.with_name(f"{_OLD}{target.name}")


def _exchange(fresh: Path, target: Path) -> None:
    """Puts `fresh` in the place of `target` in one step where the system can; elsewhere in two, which `sweep` can undo."""
    if not target.exists():
        fresh.rename(target)
    elif not _exchanged(fresh, target):
        old = _set_aside(target)
        _remove(old)
        target.rename(old)
        try:
            fresh.rename(target)
        except OSError:
            with contextlib.suppress(OSError):
                old.rename(target)
            raise
        _remove(old)


def _remove(left: Path) -> None:
    """What is in the way goes, a file as well as a folder; what cannot be removed is left for the next run."""
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            left.unlink(missing_ok=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Linux can swap two names atomically; False where this system or file system cannot."""
    if sys.platform != "linux":
        return False
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return swap is not None and swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0
