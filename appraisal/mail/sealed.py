"""Attachments with a password, by the optional msoffcrypto-tool; none leaves before it has been opened again and compared."""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence
from types import ModuleType

from msgspec.structs import replace

from appraisal.mail.letter import Attachment, Kind, Letter, MailError

_LEAST = 4_086
"""Smaller workbooks do not survive the tool."""
_SHORTEST = 8


class SealError(MailError):
    """A password cannot be set: the tool is missing, the password too short, a file too small, or it did not come back the same."""


def sealed(letters: Sequence[Letter], password: str) -> tuple[Letter, ...]:
    """The letters with a password on every workbook but the returned ones, which come back to be read. Raises SealError.

    The password is told to the receiver another way: it is in no mail, in no file and on no command line.
    """
    tool = _tool()
    if len(password) < _SHORTEST:
        raise SealError(f"附件密码太短，至少 {_SHORTEST} 个字符")
    return tuple(
        letter if letter.kind is Kind.RETURNED else replace(letter, attachments=tuple(_locked(one, password, tool) for one in letter.attachments))
        for letter in letters
    )


def opened(data: bytes, password: str) -> bytes:
    """A workbook without its password. Raises SealError for a wrong password or a changed file."""
    return _unlocked(data, password, _tool())


def _tool() -> ModuleType:
    try:
        return importlib.import_module("msoffcrypto")
    except ImportError:
        raise SealError("本机没有安装加密组件 msoffcrypto-tool，不能给附件加密码。请安装后再用 --encrypt，或不加密码发送") from None


def _locked(one: Attachment, password: str, tool: ModuleType) -> Attachment:
    if len(one.data) < _LEAST:
        raise SealError(f"附件“{one.name}”太小（不足 {_LEAST} 字节），不能加密码。请不加密码发送")
    target = io.BytesIO()
    importlib.import_module("msoffcrypto.format.ooxml").OOXMLFile(io.BytesIO(one.data)).encrypt(password, target)
    if _unlocked(target.getvalue(), password, tool) != one.data:
        raise SealError(f"附件“{one.name}”加密码后还原的内容不一致，没有使用")
    return replace(one, data=target.getvalue())


def _unlocked(data: bytes, password: str, tool: ModuleType) -> bytes:
    target = io.BytesIO()
    wrong = tool.exceptions
    try:
        file = tool.OfficeFile(io.BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(target, verify_integrity=True)
    except (wrong.InvalidKeyError, wrong.DecryptionError, wrong.FileFormatError, wrong.ParseError, OSError, ValueError, LookupError, TypeError, AttributeError):
        raise SealError("附件的密码不对，或文件被改动过") from None
    return target.getvalue()
