"""How a part of XML begins: in UTF-8, and without a DOCTYPE."""

from __future__ import annotations

import re

from appraisal.problems import UNREADABLE, UNSAFE
from appraisal.read.unfit import UnfitError

XML = (".xml", ".rels", ".vml")
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml(?![^>]*encoding=[\"'](?!utf-?8))[^>]*\?>)?\s*(?:<[A-Za-z_]|$)", re.IGNORECASE)
"""The root element begins at once: no DOCTYPE can follow."""
_OTHER_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=[\"'](?!utf-?8)", re.IGNORECASE)


def check_text(whole: bytes) -> None:
    """Refuses a part with a DOCTYPE, or in another encoding than UTF-8 (which the reader would take for an empty one)."""
    if _PLAIN.match(whole):
        return
    if b"<!DOCTYPE" in whole:
        raise UnfitError(UNSAFE, why="含有 DOCTYPE 声明")
    if b"\0" in whole[:4] or whole[:2] in (b"\xff\xfe", b"\xfe\xff") or (_OTHER_ENCODING.match(whole) and not whole.isascii()):
        raise UnfitError(UNREADABLE, why="内部编码不是 UTF-8")
