"""What is wrong with a template, and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from msgspec import Struct


class TemplateError(Exception):
    """A template that cannot be used as it is drawn; the message is Chinese and names file, sheet and cell."""


class Place(Struct, frozen=True):
    """Where in which template: file, sheet and cell, the last two only when they are known."""

    file: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return "!".join(part for part in (self.file, self.sheet, self.cell) if part)

    def fault(self, what: str) -> TemplateError:
        """`what` is wrong at this place."""
        return TemplateError(f"{self}：{what}")


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown `word`: the nearest known one, or all of them when none is near."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if near:
        return f"，是不是“{near[0]}”？"
    return f"，可以用的有：{'、'.join(words[:30])}。" if words else "。"
