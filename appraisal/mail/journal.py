"""sent.sqlite: what was about to be sent, what the server took, what it refused. Append-only, each line on the disk before the next step."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from appraisal.mail.letter import Kind, Letter, MailError
from appraisal.refused import reason

FILE = "sent.sqlite"
_APPLICATION = 1_347_112_268
_WAIT = 5.0
_SCHEMA = """
BEGIN IMMEDIATE;
PRAGMA application_id = 1347112268; -- "PKML"
PRAGMA user_version = 1;
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('about', 'accepted', 'refused')),
  letter TEXT NOT NULL,    -- the same for all versions: period, kind, receiver
  identity TEXT NOT NULL,  -- of this version: addresses and files too; the Message-ID
  period TEXT NOT NULL,
  kind TEXT NOT NULL,
  category TEXT NOT NULL,
  about TEXT NOT NULL,
  addresses TEXT NOT NULL, -- JSON
  files TEXT NOT NULL,     -- JSON: name, sha256
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX event_letter ON event (letter);
CREATE INDEX event_receiver ON event (category, about);
CREATE TRIGGER event_kept_from_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, '发送记录只能追加'); END;
CREATE TRIGGER event_kept_from_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, '发送记录只能追加'); END;
CREATE TRIGGER event_kept_from_replace BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, '发送记录只能追加'); END;
CREATE VIEW 发送记录 AS
SELECT at AS 时间, period AS 考核周期, kind AS 种类, about AS 对象, addresses AS 收件人,
       CASE state WHEN 'about' THEN '准备发送' WHEN 'accepted' THEN '已发出' ELSE '没有发出' END AS 结果, files AS 附件, detail AS 说明
  FROM event ORDER BY id;
COMMIT;
"""


class JournalError(MailError):
    """sent.sqlite cannot be used: damaged, held by another program, no room. Without it nothing is sent."""


class Step(StrEnum):
    """What is noted of a letter."""

    ABOUT = "about"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Standing(StrEnum):
    """What the journal says of a letter that is to be sent."""

    NEW = "未发过"
    SENT = "已发过"
    DOUBTFUL = "上次发送中断，不知道是否已发出"
    CHANGED = "发过，但附件、正文或地址与上次不同"
    MOVED = "收件地址与上次发给该对象时不同"


class Journal:
    """An open journal; lines of another program in between are noticed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._last = self._count()

    def standing(self, letter: Letter) -> Standing:
        """Whether this letter was sent, perhaps sent, sent otherwise, or its receiver had another address before."""
        with _explained():
            last, known = self._states(letter), self._address_before(letter)
        if last.get(letter.identity) == Step.ACCEPTED:
            return Standing.SENT
        if last.get(letter.identity) == Step.ABOUT:
            return Standing.DOUBTFUL
        if letter.kind is not Kind.REMINDER and any(state != Step.REFUSED for state in last.values()):
            return Standing.CHANGED
        return Standing.MOVED if known not in (None, _addresses(letter)) else Standing.NEW

    def _address_before(self, letter: Letter) -> str | None:
        """Where the last letter to this receiver went; None when there was none."""
        known = self._connection.execute(
            "SELECT addresses FROM event WHERE category = ? AND about = ? AND state = 'accepted' ORDER BY id DESC LIMIT 1",
            (letter.recipient.category.value, letter.about),
        ).fetchone()
        return None if known is None else str(known[0])

    def _states(self, letter: Letter) -> dict[str, str]:
        """The last word on each version of a letter; what was once accepted stays so."""
        found: dict[str, str] = {}
        for identity, state in self._connection.execute("SELECT identity, state FROM event WHERE letter = ? ORDER BY id", (letter.key,)):
            if found.get(identity) != Step.ACCEPTED:
                found[identity] = state
        return found

    def note(self, letter: Letter, step: Step, detail: str = "") -> None:
        """One line, on the disk when this returns. Raises JournalError, also when another program has written in between."""
        files = json.dumps({one.name: one.sha256 for one in letter.attachments}, ensure_ascii=False)
        with _explained():
            self._connection.execute("BEGIN IMMEDIATE")
            if self._count() != self._last:
                self._connection.execute("ROLLBACK")
                raise JournalError("另一个程序同时在发送邮件，已停止。请等它结束后再运行一次")
            self._connection.execute(
                "INSERT INTO event (id, at, state, letter, identity, period, kind, category, about, addresses, files, detail)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(self._last + 1, dt.datetime.now(dt.UTC).astimezone().isoformat(" ", "seconds"), step.value, letter.key, letter.identity),
                    *(letter.period, letter.kind.value, letter.recipient.category.value, letter.about, _addresses(letter), files, detail),
                ),
            )
            self._connection.execute("COMMIT")
        self._last += 1

    def _count(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])


@contextmanager
def journal(path: Path) -> Iterator[Journal]:
    """The journal of a workplace, made when there is none. Raises JournalError."""
    with _explained():
        connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        with _explained():
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA synchronous = EXTRA")
            _check(connection)
            opened = Journal(connection)
        yield opened
    finally:
        connection.close()


def _check(connection: sqlite3.Connection) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version == 0 and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.executescript(_SCHEMA)
    elif connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
        raise JournalError(f"{FILE} 不是本程序的发送记录，一封也没有发。请把它移开后再运行一次")
    elif version != 1:
        raise JournalError(f"{FILE} 是较新版本的程序写的，一封也没有发。请升级本程序")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"发送记录 {FILE} 不能读写（{reason(error)}），已停止发送。请检查磁盘空间、文件权限，或关闭占用它的程序后再运行一次") from error


def _addresses(letter: Letter) -> str:
    return json.dumps([list(letter.recipient.to), list(letter.recipient.copies)])
