"""Reads rules.yaml into a Policy; every error names its line and the nearest known word. All errors come out together."""

from __future__ import annotations

import difflib
import json
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from appraisal.policy.check import dangling
from appraisal.policy.shape import Policy

Path_ = tuple[str | int, ...]


class PolicyError(Exception):
    """rules.yaml cannot be used; `lines` are Chinese sentences, one a fault, each with its line."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def load_policy(path: Path) -> Policy:
    """The regulation in force in a workplace. Raises PolicyError when the file is missing or anything in it is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PolicyError([f"{path.name}：打不开（{error.strerror}）。请把 rules.yaml 放在工作文件夹里，或用 new 命令新建"]) from None
    except UnicodeDecodeError:
        raise PolicyError([f"{path.name}：不是 UTF-8 编码。请用记事本“另存为”，编码选 UTF-8"]) from None
    tree = _parse(text, path.name)
    if not isinstance(tree, CommentedMap):
        raise PolicyError([f"{path.name} 第1行：应当是“词: 值”的形式"])
    try:
        policy = Policy.model_validate(_plain(tree))
    except ValidationError as error:
        raise PolicyError(sorted(_sentences(error, tree, path.name), key=_line_number)) from None
    if faults := [f"{path.name} 第{_line(tree, where)}行：{what}" for where, what in dangling(policy)]:
        raise PolicyError(faults)
    return policy


def schema() -> str:
    """The JSON Schema of rules.yaml, for editors that complete and check it."""
    return json.dumps(Policy.model_json_schema(), ensure_ascii=False, indent=1) + "\n"


def _parse(text: str, name: str) -> object:
    yaml = YAML(typ="rt")
    try:
        return yaml.load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError([f"{name} 第{line}行：同一个词写了两次（YAML 不允许重复）。请删去一个"]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PolicyError([f"{name} 第{mark.line + 1 if mark else 1}行：写法有误（{error.problem}）。请检查缩进、冒号和引号"]) from None
    except (YAMLError, ValueError) as error:
        raise PolicyError([f"{name}：写法有误（{error}）"]) from None


def _plain(node: object) -> object:
    """The same data without ruamel's types."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


def _line(tree: object, where: Path_) -> int:
    """The line on which an entry stands, as near as the file has it."""
    line = 1
    for step in where:
        if isinstance(tree, CommentedMap) and step in tree:
            line = tree.lc.key(step)[0] + 1
        elif isinstance(tree, CommentedSeq) and isinstance(step, int) and step < len(tree):
            line = tree.lc.item(step)[0] + 1
        else:
            break
        tree = tree[step]
    return line


def _line_number(sentence: str) -> int:
    digits = sentence.partition("第")[2].partition("行")[0]
    return int(digits) if digits.isdigit() else 0


def _sentences(error: ValidationError, tree: CommentedMap, name: str) -> Iterator[str]:
    for fault in error.errors():
        where = tuple(fault["loc"])
        known = _known_words(Policy, where[:-1])
        label = ".".join(str(step + 1) if isinstance(step, int) else step for step in where)
        match fault["type"]:
            case "extra_forbidden":
                what = f"不认识的词“{where[-1]}”{_nearest(str(where[-1]), known)}"
            case "missing":
                what = f"缺少“{label}”"
            case "enum" | "literal_error":
                allowed = [word.strip("' ") for word in str(fault["ctx"]["expected"]).replace(" or ", ", ").split(",")]
                what = f"“{label}”写的是“{fault['input']}”，只能是：{'、'.join(allowed)}{_nearest(str(fault['input']), allowed)}"
            case "value_error":
                what = f"“{label}”：{fault['ctx']['error']}" if label else str(fault["ctx"]["error"])
            case kind:
                what = f"“{label}”写的是“{fault['input']}”，{_TYPES.get(kind, '写法不对：' + fault['msg'])}"
        yield f"{name} 第{_line(tree, where)}行：{what}"


_TYPES = {
    "string_type": "应当是文字（数字请加引号）",
    "int_type": "应当是整数",
    "int_parsing": "应当是整数",
    "int_from_float": "应当是整数",
    "bool_type": "应当是 true 或 false",
    "bool_parsing": "应当是 true 或 false",
    "tuple_type": "应当是一个列表，例如 [甲, 乙]",
    "dict_type": "应当是“词: 值”的形式",
    "model_type": "应当是“词: 值”的形式",
    "too_short": "不能是空的",
    "greater_than": "数太小",
    "greater_than_equal": "数太小",
    "less_than_equal": "数太大",
    "date_from_datetime_parsing": "应当是日期，例如 2027-01-01",
    "date_type": "应当是日期，例如 2027-01-01",
}


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f"，是不是“{near[0]}”？" if near else f"（可用：{'、'.join(known)}）" if known else ""


def _known_words(model: type[BaseModel], where: Path_) -> list[str]:
    """The words allowed at a place, found by walking the model's own fields."""
    current: object = model
    for step in where:
        if isinstance(step, int):
            continue
        field = current.model_fields.get(step) if isinstance(current, type) and issubclass(current, BaseModel) else None
        if field is None:
            return []
        current = _model_within(field.annotation)
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _model_within(annotation: object) -> object:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation
    return next((found for part in typing.get_args(annotation) if isinstance(found := _model_within(part), type) and issubclass(found, BaseModel)), None)
