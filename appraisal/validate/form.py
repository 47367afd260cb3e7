"""A paper form, one person per tab → a table of one row: blanks beside their labels, ticks below their boxes, days in a sentence."""

from __future__ import annotations

import re

from appraisal.model import Table
from appraisal.notation import NOTHING, name_and_suffix, person_name, plain, words
from appraisal.problems import NAME_SUFFIX, NO_NAME, Problem
from appraisal.recognise import Recognised
from appraisal.standard import Standard, Value
from appraisal.validate.answer import unreadable
from appraisal.validate.leave import leave_days
from appraisal.validate.paper import Form, Place, Values
from appraisal.validate.ticks import read_tick
from appraisal.validate.values import read_text

_SIGNATURE = re.compile(r"\s*[(（]?(?:处室或分支机构负责人)?[)）]?\s*签\s*[字名]\s*[:：].*", re.DOTALL)
_WHO = re.compile(r"(姓名|工号|科室|职务)[:：]\s*(\S+)")


def read_form(found: Recognised, _: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """One person's form: name and place, ticks, days and texts."""
    form = Form(found)
    problems: list[Problem] = []
    who = _who(form, problems)
    name = who["姓名"]
    values: Values = {}
    if any(column.value is Value.DAYS for column in found.kind.columns):
        values |= leave_days(form, name, problems)
    for column in found.kind.blanks:
        if column.value is Value.TICK:
            values |= read_tick(form, column, name, problems)
        elif column.value is Value.TEXT and (beside := form.beside(column.name)) is not None:
            values[column.name] = (_text(form, column.name, *beside, name, problems), beside[1])
    spoiled = any(problem.is_error for problem in problems)
    line = form.cell(form.labels["姓名"][0]).row if "姓名" in form.labels else found.sheet.top + 1
    table = Table(
        found.kind.title,
        found.period,
        found.file,
        found.sheet.name,
        (line,) if name else (),
        (name,) if name else (),
        (who["工号"],) if name else (),
        (who["科室"],) if name else (),
        (who["呈报单位"],) if name else (),
        {item: (value,) for item, (value, _) in values.items()} if name else {},
        {item: form.cell(place).column for item, (_, place) in values.items()} | {"姓名": form.cell(form.blank_after("姓名")).column},
        {item: form.cell(place).row for item, (_, place) in values.items()},
        frozenset({0}) if spoiled and name else frozenset(),
        title=" ".join(plain(value) for _, _, value in form.filled() if isinstance(value, str) and len(value) < 40 and form.found.start > 0)[:80],
        nameless=int(not name),
    )
    return table, tuple(problems)


def _text(form: Form, item: str, value: object, at: Place, name: str, problems: list[Problem]) -> object:
    """What is written beside a label, without the signature line; None for nothing, or for what stands for it (无)."""
    text = _SIGNATURE.sub("", value) if isinstance(value, str) else value
    if (bad := unreadable(text)) is not None:
        problems.append(bad.fault.at(form.cell(at), name, item=item, found=bad.found))
        return None
    return None if words(text) in NOTHING else read_text(text)


def _who(form: Form, problems: list[Problem]) -> dict[str, str]:
    """Who the form is about, from labels with a value beside or 姓名：张三 in one cell."""
    who = {"姓名": "", "工号": "", "科室": "", "呈报单位": ""}
    for item in who:
        if (beside := form.beside(item)) is not None:
            who[item] = words(beside[0])
    for _, _, value in form.filled():
        if isinstance(value, str) and ":" in (text := plain(value)):
            for item, inline in _WHO.findall(text):
                if item in who and not who[item]:
                    who[item] = inline
    bare, suffix = name_and_suffix(who["姓名"])
    for item in ("科室", "呈报单位"):
        who[item] = "".join(who[item].split())
    who["姓名"] = person_name(bare)
    if suffix and who["姓名"]:
        problems.append(NAME_SUFFIX.at(form.cell(form.blank_after("姓名")), who["姓名"], found=f"{bare}（{suffix}）", suffix=suffix))
    if not who["姓名"]:
        blank = any(value not in ("", None) for _, _, value in form.filled(form.found.start)) and "姓名" in form.labels
        problems.append(NO_NAME.at(form.cell(form.blank_after("姓名"))) if blank else form.lacks("姓名"))
    return who


__all__ = ["Form", "read_form"]
