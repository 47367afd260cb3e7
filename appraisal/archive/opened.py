"""How archive.sqlite is opened: for reading (nothing is created or changed) or for recording (one transaction, durable)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from appraisal.archive.schema import APPLICATION, MIGRATIONS
from appraisal.durable import make_durable
from appraisal.refused import reason

WAIT = 2.0
"""Seconds to wait for another program that holds the file."""
_FRESH = ".新建-"
_KEPT = "档案保持原样"


class ArchiveError(Exception):
    """The archive cannot be used: damaged, held by another program, written by a newer version, no permission. A Chinese sentence."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The archive for reading; a missing file is an empty archive, one of an older version is brought up to date in memory only."""
    with explained(path):
        if not path.exists():
            with closing(_connected(":memory:")) as empty:
                _migrate(empty)
                yield empty
            return
        with closing(_connected(_uri(path, "rw" if _interrupted(path) else "ro"))) as connection:
            if _version(connection, path) == len(MIGRATIONS):
                yield connection
                return
            with closing(_connected(":memory:")) as copy:
                connection.backup(copy)
                _migrate(copy)
                yield copy


class Recording:
    """The archive inside one transaction, which closing it undoes; a new one takes its name with its first commit.

    What it refuses is for the caller to explain.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._is_new = path, not path.exists()
        if self._is_new:
            _create(path)
        self.connection = _connected(_uri(_beside(path) if self._is_new else path, "rw"))
        try:
            _begin(self.connection, path)
        except BaseException:
            self.close()
            raise

    def commit(self) -> None:
        """Lets everything stand."""
        self.connection.execute("COMMIT")
        self.connection.close()
        if self._is_new:
            if self._path.exists():
                raise ArchiveError(f"{self._path.name} 在本次运行中放了进来，没有记入新结果，{_KEPT}。请再运行一次")
            _journal(self._path).unlink(missing_ok=True)  # of an archive that was moved away: SQLite would undo this one by it
            _beside(self._path).rename(self._path)
            self._is_new = False
            with suppress(OSError):
                make_durable(self._path.parent)

    def close(self) -> None:
        """Undoes what was not committed."""
        self.connection.close()
        if self._is_new:
            with suppress(OSError):
                tidy(self._path)


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    for setting in ("journal_mode = DELETE", "synchronous = FULL", "foreign_keys = ON", "cache_spill = OFF"):  # others may read until it is committed
        connection.execute(f"PRAGMA {setting}").close()
    if _version(connection, path) < len(MIGRATIONS):
        _migrate(connection)
    connection.execute("BEGIN IMMEDIATE")
    if (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise ArchiveError(_damaged(path, said))


def _connected(address: str) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, timeout=WAIT, isolation_level=None)


def _uri(path: Path, mode: str) -> str:
    """A file address that holds for Windows drives and network folders too."""
    where = path.resolve().as_posix()
    return f"file://{'' if where.startswith('/') else '/'}{quote(where, safe='/:')}?mode={mode}"


def _interrupted(path: Path) -> bool:
    """True when a killed run may have left a transaction to be undone, which a read-only connection could not do."""
    return _journal(path).exists()


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")


def _create(path: Path) -> None:
    """An empty archive beside the place of the one to be: a file of no length would be damage."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tidy(path)
    try:
        with closing(_connected(_uri(_beside(path), "rwc"))) as connection:
            connection.execute("PRAGMA synchronous = FULL").close()
            _migrate(connection)
    except (sqlite3.Error, OSError):
        with suppress(OSError):
            tidy(path)
        raise


def tidy(path: Path) -> None:
    """Removes the archive that a killed run had only begun to make. Raises OSError."""
    for left in (_beside(path), _journal(_beside(path))):
        left.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f"{_FRESH}{path.name}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """How many migrations the file has had. ArchiveError when it is not ours, empty, or from a newer program."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION
    if not (ours and version):
        raise ArchiveError(_damaged(path, "文件是空的" if path.stat().st_size == 0 else "不是本程序写的考核档案"))
    if version > len(MIGRATIONS):
        raise ArchiveError(f"{path.name} 是较新版本的程序写的（结构版本 {version}，本程序只认识到 {len(MIGRATIONS)}）。请升级本程序后再运行；{_KEPT}")
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    """All migrations still to be applied, whole or not at all."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    script = "\n".join(MIGRATIONS[version:])
    connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {len(MIGRATIONS)};\nCOMMIT;")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What SQLite and the system complain about, as a sentence that says what to do. Misuse of SQLite is a bug and stays one."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.Error as error:
        raise ArchiveError(_why(error, path)) from error
    except ValueError as error:
        raise ArchiveError(_damaged(path, "内容无法识别")) from error
    except OSError as error:
        raise ArchiveError(f"读写 {path.name} 时{reason(error)}，{_KEPT}。请检查磁盘和文件夹的权限后再运行一次") from error


def _why(error: sqlite3.Error, path: Path) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"{path.name} 正被别的程序占用（例如 SQLite 浏览器里有没保存的改动，或另一台电脑正在运行），{_KEPT}。请关闭后再运行一次"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH:
            return f"{path.name} 打不开，或没有写入权限，{_KEPT}。请检查文件和文件夹的权限（是否只读）后再运行一次"
        case sqlite3.SQLITE_FULL:
            return f"磁盘空间不足，{path.name} 没有记入新结果，{_KEPT}。请清理磁盘后再运行一次"
        case sqlite3.SQLITE_IOERR:
            return f"读写 {path.name} 时磁盘或网络出错，{_KEPT}。请检查磁盘和网络后再运行一次"
        case _:
            return _damaged(path, str(error))


def _damaged(path: Path, what: str) -> str:
    return f"{path.name} 已损坏或不是考核档案（{what}）。程序不会覆盖它：请从备份恢复，确实没有备份的，把它改名移开后再运行一次，以前的结果将不在新档案里"
