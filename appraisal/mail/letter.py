"""The nouns of the post: who gets what, from which file, and how it can go wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from appraisal.model import Cell, Person
from appraisal.problems import Problem

Place = tuple[str, str]
"""Reporting unit and department."""


class MailError(Exception):
    """Mail cannot be made or sent; a Chinese sentence without full stop."""


class Kind(StrEnum):
    """The kinds of letter."""

    FILING = "备案"
    RESULTS = "结果"
    RETURNED = "退回"
    REMINDER = "催报"
    SLIPS = "反馈"


class Category(StrEnum):
    """类别 of the address book: what kind of receiver a line is about."""

    SUPERIOR = "上级主管"
    UNIT = "呈报单位"
    DEPARTMENT = "科室"
    PERSON = "个人"


class Recipient(Struct, frozen=True):
    """A line of the address book (通讯录): who, and the addresses that stand there, each checked."""

    category: Category
    name: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    cell: Cell

    @property
    def addresses(self) -> tuple[str, ...]:
        """Everybody the letter goes to, each once."""
        return tuple(dict.fromkeys((*self.to, *self.copies)))


class Attachment(Struct, frozen=True):
    """A file that goes along. `path` is where it stands below output/<PERIOD>/; "" for one made for this letter alone."""

    name: str
    data: bytes
    sha256: str
    """Of the file as it was written by the run; `data` may carry a password on top."""
    path: str = ""

    @classmethod
    def of(cls, name: str, data: bytes, path: str = "") -> Attachment:
        """An attachment without password."""
        return cls(name, data, sha256(data), path)

    @property
    def sealed(self) -> bool:
        """True when a password has been put on top."""
        return sha256(self.data) != self.sha256


class Letter(Struct, frozen=True):
    """One message: to whom, about what, with what. `about` is the unit, department or person it is for."""

    period: str
    kind: Kind
    about: str
    recipient: Recipient
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    unit: str = ""
    """The reporting unit that attached forms must be of; "" when they may be of several."""

    @property
    def key(self) -> str:
        """What makes two letters versions of the same: period, kind and receiver."""
        return _digest(self.period, self.kind, self.recipient.category, self.about)

    @property
    def content(self) -> str:
        """What makes it another version: the addresses and the files, or the text where there are none."""
        files = [f"{one.name}\0{one.sha256}" for one in self.attachments] or [self.subject, self.body]
        return _digest(*self.recipient.to, "\0", *self.recipient.copies, "\0", *files)

    @property
    def identity(self) -> str:
        """The part of the Message-ID that is the same whenever this very letter is made again."""
        return _digest(self.key, self.content)[:40]


def sha256(data: bytes) -> str:
    """Hash of a file."""
    return hashlib.sha256(data).hexdigest()


def _digest(*texts: str) -> str:
    return sha256("".join(f"{len(text)}:{text}" for text in texts).encode("utf-8", "surrogatepass"))


# ---- what others bring -------------------------------------------------------------------------------------------------
class Sheet(Protocol):
    """A tab as the project's reader gives it."""

    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> Sequence[Sequence[object]]: ...
    @property
    def top(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def hidden(self) -> bool: ...


class Book(Protocol):
    """A workbook as the project's reader gives it."""

    @property
    def sheets(self) -> Sequence[Sheet]: ...


Reader = Callable[[bytes, str], tuple[Book, tuple[Problem, ...]]]
"""`read_book`, handed in by the pipeline."""


class Facts(Struct, frozen=True):
    """What letters say and need to know besides the files of the run."""

    organisation: str
    people: tuple[Person, ...]
    period: str
    """The period in words."""
    reminders: Mapping[Place, str] = field(default_factory=dict)
    """What each department still owes (department_texts)."""
    owners: Mapping[str, Place] = field(default_factory=dict)
    """The department each input file is from."""
    slip: Callable[[Person], bytes | None] | None = None
    """Makes the 反馈单 of one person."""
    mark: str = ""
    """更正 n on an amendment."""

    @property
    def places(self) -> tuple[Place, ...]:
        """Units and departments in the order of the roster."""
        return tuple(dict.fromkeys((person.unit, person.department) for person in self.people))

    @property
    def units(self) -> tuple[str, ...]:
        """The reporting units in the order of the roster."""
        return tuple(dict.fromkeys(unit for unit, _ in self.places))


def title(place: Place) -> str:
    """机关 办公室, or the name alone where the department is the unit itself."""
    unit, department = place
    return department if unit in ("", department) else f"{unit} {department}"
