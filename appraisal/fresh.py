"""A fresh workplace: the rules of another one, an empty roster, an empty sheet of circumstances, and room for what comes in and goes out."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

from appraisal.policy.load import load_policy, schema
from appraisal.policy.shape import Policy
from appraisal.refused import refused
from appraisal.standard import CIRCUMSTANCES, ROSTER, Column, SheetKind, Value

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = {"wenzhou": ROOT, "jining-commerce": ROOT / "examples" / "jining-commerce", "development-reform": ROOT / "examples" / "development-reform"}
"""The workplaces that come with the program, by the name one calls them."""

_SCHEMA = "rules.schema.json"
_MODELINE = re.compile(rb"\A(# yaml-language-server: \$schema=)\S+")
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_ROOM = 500
"""How many rows below the header are prepared with drop-downs and formats."""
_LONGEST_LIST = 255
"""Characters that a drop-down list may have when it is written into the sheet itself."""


class OccupiedError(Exception):
    """The place of the new workplace is taken, or cannot be written to. Chinese message."""


class NoExampleError(Exception):
    """What is to be copied is no workplace. Chinese message."""


def example(name: str) -> Path:
    """The workplace an example's name or a path stands for. Raises NoExampleError when it holds no rules.yaml."""
    folder = EXAMPLES.get(name, Path(name))
    if not (folder / "rules.yaml").is_file():
        raise NoExampleError(f"“{name}”里没有 rules.yaml，不能照着新建。请写 {'、'.join(EXAMPLES)} 之一，或一个工作文件夹的路径")
    return folder


def fresh(target: Path, like: Path) -> None:
    """Makes `target` a workplace under the rules of the workplace `like`, with nothing in it yet.

    Raises NoExampleError, OccupiedError, or PolicyError when the rules to be copied are wrong; then nothing has been written.
    """
    if not (like / "rules.yaml").is_file():
        raise NoExampleError(f"{like} 里没有 rules.yaml，不能照着新建")
    policy = load_policy(like / "rules.yaml")
    if target.exists() and not (target.is_dir() and next(target.iterdir(), None) is None):
        raise OccupiedError(f"{target} 已经存在，里面有内容，没有改动。请换一个文件夹名，或先把它清空")
    files = {
        "rules.yaml": _MODELINE.sub(rb"\g<1>" + _SCHEMA.encode(), (like / "rules.yaml").read_bytes()),
        _SCHEMA: schema().encode(),
        f"input/{ROSTER.title}.xlsx": blank(ROSTER, policy),
        f"input/{CIRCUMSTANCES.title}.xlsx": blank(CIRCUMSTANCES, policy),
    }
    try:
        _write(target, files)
        own = like / "templates"
        if own.is_dir() and own.resolve() != (ROOT / "templates").resolve():
            shutil.copytree(own, target / "templates")
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        raise OccupiedError(str(refused(error, target))) from error


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    for folder in ("input", "output"):
        (target / folder).mkdir(parents=True)
    for name, data in files.items():
        (target / name).write_bytes(data)


# ---- an empty list -----------------------------------------------------------------------------------------------------


def blank(kind: SheetKind, policy: Policy) -> bytes:
    """An empty sheet of this kind: title, header with the required columns darker, drop-downs, dates as dates, 工号 as text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": kind.title, "created": _CREATED})
    sheet = book.add_worksheet(kind.title)
    face = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    head = {**face, "bold": True, "border": 1, "align": "center"}
    looks = {True: book.add_format({**head, "bg_color": "#F8CBAD"}), False: book.add_format({**head, "bg_color": "#DDEBF7"})}
    bodies = {Value.DATE: book.add_format({**face, "num_format": "yyyy-mm-dd"}), Value.TEXT: book.add_format({**face, "num_format": "@"})}
    last = len(kind.columns) - 1
    sheet.merge_range(0, 0, 0, last, kind.title, book.add_format({**face, "bold": True, "font_size": 16, "align": "center"}))
    sheet.set_row(0, 28)
    for place, column in enumerate(kind.columns):
        sheet.set_column(place, place, max(10, 2 * len(column.name) + 4), bodies.get(column.value, bodies[Value.TEXT]))
        sheet.write_string(1, place, column.name, looks[column.required])
        if rule := _help(kind, column, policy):
            sheet.data_validation(2, place, _ROOM + 1, place, rule)
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    book.close()
    return target.getvalue()


def _help(kind: SheetKind, column: Column, policy: Policy) -> dict[str, object]:
    """What the program that shows the sheet does with a column: a list to choose from, a word on how to write it."""
    words = tuple(rule.kind for rule in policy.circumstances) if kind is CIRCUMSTANCES and column.name == "情形" else column.choices
    said = {"input_title": column.name, "input_message": "必填" if column.required else "可以不填"}
    if words and len(",".join(words)) <= _LONGEST_LIST:
        return {"validate": "list", "source": list(words), "error_title": column.name, "error_message": "请从下拉列表里选一个", **said}
    if column.value is Value.DATE:
        return {"validate": "any", **said, "input_message": f"{said['input_message']}，写成 2021-10-08 这样的日期"}
    return {}
