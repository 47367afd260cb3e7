"""What a well-formed rules.yaml may still get wrong: names that lead nowhere, rows nobody falls into, words claimed twice."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from appraisal.policy.shape import Policy
from appraisal.standard import KINDS, LEAVE, ROSTER

Where = tuple[str | int, ...]


def dangling(policy: Policy) -> Iterator[tuple[Where, str]]:
    """Each inconsistency with the place in the file that it stands at."""
    yield from _bands(policy)
    yield from _circumstances(policy)
    yield from _inputs(policy)
    yield from _scores(policy)
    yield from _leave(policy)
    yield from _scope(policy)


def _unknown(where: Where, what: str, word: str, known: Sequence[str]) -> tuple[Where, str]:
    near = difflib.get_close_matches(word, known, 1, 0.4)
    hint = f"，是不是“{near[0]}”？" if near else f"（可用：{'、'.join(known)}）" if known else ""
    return where, f"{what}“{word}”没有定义{hint}"


def _scope(policy: Policy) -> Iterator[tuple[Where, str]]:
    """Words that no roster can hold would leave everybody out."""
    for field, item in (("categories", "人员类别"), ("establishment", "编制")):
        known = ROSTER.column(item).choices
        for place, word in enumerate(getattr(policy.scope, field)):
            if word not in known:
                yield _unknown(("scope", field, place), item, word, known)
    if policy.cap.small_units.method == "pool" and not policy.cap.small_units.pools:
        yield ("cap", "small_units", "method"), "method 为 pool 时，要在 pools 里写明哪些呈报单位合并计算"


def _bands(policy: Policy) -> Iterator[tuple[Where, str]]:
    kinds = [rule.kind for rule in policy.circumstances]
    claimed: dict[str, str] = {}
    for number, band in enumerate(policy.bands.rows):
        where: Where = ("bands", "rows", number)
        if not (band.levels or band.posts or band.circumstance):
            yield where, f"备案表的行“{band.name}”没有任何职务职级归入，请写 levels、posts 或 circumstance"
        if band.circumstance and band.circumstance not in kinds:
            yield _unknown((*where, "circumstance"), "情形", band.circumstance, kinds)
        for rank in (*band.levels, *band.posts):
            if claimed.setdefault(rank, band.name) != band.name:
                yield where, f"职务职级“{rank}”同时归入“{claimed[rank]}”和“{band.name}”，请只留一处"


def _circumstances(policy: Policy) -> Iterator[tuple[Where, str]]:
    seen: set[str] = set()
    for number, rule in enumerate(policy.circumstances):
        if rule.kind in seen:
            yield ("circumstances", number), f"情形“{rule.kind}”写了两次"
        seen.add(rule.kind)


def _inputs(policy: Policy) -> Iterator[tuple[Where, str]]:
    known = [*KINDS, *(sheet.sheet for sheet in policy.item_sheets)]
    for number, entry in enumerate(policy.inputs):
        for place, sheet in enumerate(entry.sheets):
            if sheet not in known:
                yield _unknown(("inputs", number, "sheets", place), "标准表", sheet, known)


def _scores(policy: Policy) -> Iterator[tuple[Where, str]]:
    names = [score.name for score in policy.scores]
    if policy.grading.score and policy.grading.score not in names:
        yield _unknown(("grading", "score"), "得分", policy.grading.score, names)
    sheets = [*KINDS, *(sheet.sheet for sheet in policy.item_sheets)]
    for number, score in enumerate(policy.scores):
        for place, part in enumerate(score.parts):
            if part.score and part.score not in names:
                yield _unknown(("scores", number, "parts", place, "score"), "得分", part.score, names)
            if part.sheet and part.sheet not in sheets:
                yield _unknown(("scores", number, "parts", place, "sheet"), "标准表", part.sheet, sheets)


def _leave(policy: Policy) -> Iterator[tuple[Where, str]]:
    for name, rule in (("attendance", policy.attendance), ("long_leave", policy.long_leave)):
        words = [] if rule is None else [(field, word) for field in ("absent", "exempt", "counts") for word in getattr(rule, field, ())]
        for field, word in words:
            if word not in LEAVE:
                yield _unknown((name, field), "假别", word, LEAVE)
