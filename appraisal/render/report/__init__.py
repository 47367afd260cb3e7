"""报告.html: one self-contained page for the leaders. Nothing is fetched, nothing depends on the clock, every text is text.

The page carries its own style and one small script (sorting tables), each allowed by its fingerprint and nothing else, so that no text
in a sheet could ever run. Numbers that look like an identity card or a telephone are struck out wherever they stand.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from appraisal.render.report.figures import Previous
from appraisal.render.report.page import values
from appraisal.render.template_error import Place, TemplateError
from appraisal.result import ROOT, Result

PAGE = "报告.html"
TEMPLATE = "报告.html.j2"
KNOWN = "cc0eb5630e86f4a2225f973ac111aadb2caf36aa8b289f0cc72b13ac992aba4a"
"""The sha256 of the template that comes along. Whoever changes it writes the new one here (a test says which) after a look at all it names."""
_PRIVATE = re.compile(
    r"(?<![\dA-Za-z])(?:\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ]|\d{15}|(?:\+?86[ -]?)?[1１][3-9３-９]\d[ -]?\d{4}[ -]?\d{4}|[0０]\d{2,3}[ -]?\d{7,8})(?![\dA-Za-z])"
)
"""Numbers of identity cards, mobile telephones and telephones; full-width digits are digits too."""
_OWN = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def report(result: Result, previous: Previous, templates: Path = ROOT / "templates") -> str:
    """The page. `previous` are earlier filings, of which the last before this period is compared. Raises TemplateError."""
    source = _source(templates)
    said = values(result, previous)
    try:
        return _compiled(source).render(**said, policy=Markup(_policy(source)))  # noqa: S704 - made of hashes
    except TemplateSyntaxError as error:
        raise Place(TEMPLATE).fault(f"第 {error.lineno} 行：{error.message}") from error
    except (UndefinedError, SecurityError) as error:
        raise Place(TEMPLATE).fault(f"{error}。请对照程序自带的 {TEMPLATE} 改正。") from error


def check_report(templates: Path) -> None:
    """Raises TemplateError when the page's template is missing or cannot be understood. The one that comes along is known to be right."""
    source = _source(templates)
    if hashlib.sha256(source.encode()).hexdigest() == KNOWN:
        return
    try:
        tree = _parsed(source)
    except TemplateSyntaxError as error:
        raise Place(TEMPLATE).fault(f"第 {error.lineno} 行：{error.message}") from error
    if unknown := sorted(meta.find_undeclared_variables(tree) - NAMES):
        raise Place(TEMPLATE).fault(f"不认识“{'”“'.join(unknown)}”。")


def _source(templates: Path) -> str:
    """The workplace's own template, else the one beside process.py: a workplace made before the page existed has none."""
    path = templates / TEMPLATE
    try:
        return (path if path.is_file() else ROOT / "templates" / TEMPLATE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Place(TEMPLATE).fault("打不开，或不是 UTF-8 文本。") from error


@lru_cache(maxsize=1)
def _parsed(source: str) -> nodes.Template:
    """The page's template, checked first and filled later."""
    return _environment().parse(source)


@lru_cache(maxsize=1)
def _compiled(source: str) -> Template:
    return _environment().from_string(_parsed(source))


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_plain)


def _plain(value: object) -> object:
    """A text as it goes onto the page: private numbers struck out, control and direction marks shown as their code points."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    shown = value
    if not value.isprintable():
        shown = "".join(char if char.isprintable() or char in "\n\u3000" else " " if char in "\r\t" else f"\\u{ord(char):04x}" for char in value)
    return _PRIVATE.sub("（号码略）", shown)


def _policy(source: str) -> str:
    """What a browser may do with this page: use its own style and script, known by their fingerprints, and fetch nothing."""
    allowed: dict[str, list[str]] = {"style": [], "script": []}
    for kind, text in _OWN.findall(source):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        allowed[kind].append(f"'sha256-{digest}'")
    rules = [f"{kind}-src {' '.join(hashes) or chr(39) + 'none' + chr(39)}" for kind, hashes in allowed.items()]
    return "; ".join(["default-src 'none'", *rules, "base-uri 'none'", "form-action 'none'"])


NAMES = frozenset(
    (
        *("policy", "organisation", "regulation", "period", "state", "advice", "kind", "mark", "outcomes", "step", "most", "graded", "monthly", "tiles"),
        *("people", "cap", "cap_clause", "soft", "ratios", "spreads", "courses", "months", "attended", "leave", "contested", "withheld", "ruled"),
        *("compared", "shifts", "changes", "matrix", "errors", "warnings", "troubles", "dues", "recalls"),
    )
)
"""Everything the template may name."""

__all__ = ["PAGE", "TEMPLATE", "TemplateError", "check_report", "report"]
