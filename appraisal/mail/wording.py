"""Subjects and texts of letters, from templates/mail/*.j2: `主题：…` on the first line, then the letter."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from appraisal.mail.letter import Kind, MailError
from appraisal.problems import visible
from appraisal.result import ROOT

FOLDER = "mail"
WORDS = ("organisation", "recipient", "period", "mark", "files", "text")
"""What a template may name: who writes, to whom, the period in words, 更正 n, the names of the files, the text of a reminder."""
_SUBJECT = "主题："
_LONGEST = 60_000


class MailTemplateError(MailError):
    """A template of a letter that cannot be used; names the file and, where it is known, the line."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox without what could fill the memory: multiplication and powers, and global functions."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:  # noqa: ARG002 - jinja2's own signature
        """Refuses."""
        raise SecurityError(f"邮件模板里不能用 {operator}")


def _environment() -> _Sandbox:
    environment = _Sandbox(autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    environment.globals.clear()
    for name in ("center", "indent", "format", "replace", "xmlattr", "pprint", "wordwrap"):
        environment.filters.pop(name, None)
    return environment


class Wording:
    """The templates of a workplace; the ones beside process.py where it has none of its own."""

    def __init__(self, templates: Path) -> None:
        self._folder = templates / FOLDER if (templates / FOLDER).is_dir() else ROOT / "templates" / FOLDER
        self._environment = _environment()

    def written(self, kind: Kind, values: Mapping[str, object]) -> tuple[str, str]:
        """Subject and text of a letter. Raises MailTemplateError."""
        name = f"{kind}.j2"
        try:
            source = (self._folder / name).read_text(encoding="utf-8-sig")
            text = self._environment.from_string(source).render({word: _one_line(word, values[word]) for word in WORDS})
        except (OSError, UnicodeDecodeError) as error:
            raise MailTemplateError(f"邮件模板 {name} 打不开（应为 UTF-8 文本）") from error
        except TemplateSyntaxError as error:
            raise MailTemplateError(f"邮件模板 {name} 第 {error.lineno} 行写得不对（{error.message}）") from error
        except UndefinedError as error:
            raise MailTemplateError(f"邮件模板 {name}：{_unknown(str(error))}") from error
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
            raise MailTemplateError(f"邮件模板 {name} 写得不对（{error}）") from error
        head, _, body = text.partition("\n")
        if not head.startswith(_SUBJECT) or not head.removeprefix(_SUBJECT).strip():
            raise MailTemplateError(f"邮件模板 {name} 的第一行应当是“{_SUBJECT}…”")
        if len(text) > _LONGEST:
            raise MailTemplateError(f"邮件模板 {name} 写出的邮件太长")
        return visible(head.removeprefix(_SUBJECT).strip()), f"{body.strip()}\n".lstrip("\n")


def _one_line(word: str, value: object) -> object:
    """Names on one line with nothing invisible in them; the text of a reminder as it was written."""
    if word == "text":
        return value
    return [visible(one) for one in value] if isinstance(value, (list, tuple)) else visible(value)


def _unknown(complaint: str) -> str:
    """What jinja2 says of an unknown name, in Chinese with the nearest known one."""
    name = complaint.split("'")[1] if complaint.count("'") > 1 else complaint
    near = difflib.get_close_matches(name, WORDS, 1, 0.5)
    return f"“{name}”不认识{f'，是不是“{near[0]}”？' if near else '，可以用的有：' + '、'.join(WORDS)}"
