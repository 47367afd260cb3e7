"""Turns of phrase that every part of the text uses."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from appraisal.model import number
from appraisal.policy.shape import Entry


def cite(entry: Entry) -> str:
    """The clause in brackets, or that the regulation is silent and why this value was chosen."""
    return f"（{entry.clause}）" if entry.clause else f"【配置值，方案未规定：{entry.assumed}】"


def listed(words: Sequence[object]) -> str:
    """甲、乙、丙."""
    return "、".join(map(str, words))


def said(share: Fraction) -> str:
    """一半, or 80%."""
    return "一半" if share == Fraction(1, 2) else f"{number(share * 100)}%"
