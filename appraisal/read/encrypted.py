"""Workbooks with a password, opened when it is given; needs the optional msoffcrypto-tool."""

from __future__ import annotations

import importlib
import io

from appraisal.problems import ENCRYPTED
from appraisal.read.unfit import UnfitError


def decrypted(data: bytes, password: str) -> bytes:
    """The workbook without its password. Raises UnfitError when the password is wrong or the tool is missing."""
    try:
        tool = importlib.import_module("msoffcrypto")
    except ImportError:
        raise UnfitError(ENCRYPTED, why="本机没有安装解密组件 msoffcrypto-tool") from None
    broken = (tool.exceptions.DecryptionError, tool.exceptions.FileFormatError, tool.exceptions.ParseError)
    target = io.BytesIO()
    try:
        file = tool.OfficeFile(io.BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(target)
    except tool.exceptions.InvalidKeyError:
        raise UnfitError(ENCRYPTED, why="给出的密码不对") from None
    except (*broken, OSError, ValueError, LookupError, TypeError, AttributeError):
        raise UnfitError(ENCRYPTED, why="而且解密失败") from None
    return target.getvalue()
