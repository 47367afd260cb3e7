"""The expressions a template may hold: names, dots, filters, conditions, comparisons, `~`, plus and minus.

Jinja2's sandbox keeps an expression from reaching Python, not from filling the memory (`'x' * 10**9`), so what it may
be made of is limited before it is compiled. No calls, no multiplication: a form prints what the program worked out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

from jinja2 import StrictUndefined, TemplateRuntimeError, TemplateSyntaxError, nodes
from jinja2.environment import TemplateExpression
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from appraisal.render.template_error import Place, TemplateError, nearest

_FILTERS = (
    *("abs", "count", "d", "default", "first", "join", "last", "length", "list", "lower", "map", "max", "min"),
    *("rejectattr", "select", "selectattr", "string", "sum", "trim", "unique", "upper"),
)
_ALLOWED = (
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.CondExpr),
    *(nodes.Compare, nodes.Operand, nodes.Concat, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Neg),
    *(nodes.Pos, nodes.List, nodes.Tuple, nodes.Keyword),
)
_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Call: "函数调用 ( )",
    nodes.Mul: "乘号 *",
    nodes.Pow: "乘方 **",
    nodes.Div: "除号 /",
    nodes.FloorDiv: "除号 //",
    nodes.Mod: "百分号 %",
    nodes.Dict: "大括号 { }",
}


class Loop(Struct, frozen=True):
    """Which round of a repeated row this is; `loop.index` counts from one."""

    index: int
    length: int

    @property
    def first(self) -> bool:
        """The first round."""
        return self.index == 1

    @property
    def last(self) -> bool:
        """The last round."""
        return self.index == self.length


_PLAIN = re.compile(r"([^\W\d]\w*)(?:\.([^\W\d_]\w*))?")
_WORDS = frozenset(("true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else", "elif", "for"))
"""What is no name to Jinja2 though it looks like one."""
_LOOP_WORDS = ("index", "length", "first", "last")


class _Unknown(StrictUndefined):
    """A value that is not there; using it is an error that names the nearest one that is."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:  # what jinja2 says when the value is used
        return self.complaint()

    def complaint(self) -> str:
        """What is unknown, and what is near."""
        name, owner = str(self._undefined_name), self._undefined_obj
        if owner is None:
            return f"取不到“{name}”，因为点号前面的值是空的。"
        return f"“{name}”不认识{nearest(name, _words(owner))}"


def _words(owner: object) -> Iterable[str]:
    if isinstance(owner, Mapping):
        return [str(key) for key in owner]
    if isinstance(owner, Struct) and not isinstance(owner, Loop):
        return owner.__struct_fields__
    return [word for word in dir(owner) if not word.startswith("_")]


@cache
def _fields(kind: type) -> frozenset[str]:
    """The public fields of a kind of record; none for anything else."""
    return frozenset(name for name in kind.__struct_fields__ if not name.startswith("_")) if issubclass(kind, Struct) else frozenset()


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, which lets the fields of records through without asking: the rows of a long list are nothing else."""

    def getattr(self, obj: object, attribute: str) -> object:
        """What follows a dot in an expression."""
        kind: type = obj.__class__
        return getattr(obj, attribute) if attribute in _fields(kind) else super().getattr(obj, attribute)


_ENVIRONMENT = _Sandbox(undefined=_Unknown, cache_size=0)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters = {name: FILTERS[name] for name in _FILTERS}


class Expression(Struct, frozen=True):
    """One `{{ … }}` of a template: its text and where it stands, the names and `owner.word` pairs in it.

    Inside repeated rows, `target` is what one of the list is called there and `over` the list.
    """

    source: str
    place: Place
    names: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]
    target: str = ""
    over: str = ""

    @classmethod
    def parse(cls, markup: str, place: Place, target: str = "", over: str = "") -> Expression:
        """The expression in `markup`, the XML text between the braces; TemplateError if it is not an allowed one."""
        source = html.unescape(markup).removeprefix("-").removesuffix("-").strip()
        if (plain := _PLAIN.fullmatch(source)) and plain[1] not in _WORDS and all(map(str.isidentifier, source.split("."))):  # Jinja2 takes 40 times as long
            return cls(source, place, (plain[1],), ((plain[1], plain[2]),) if plain[2] else (), target, over)
        shown = f"{{{{ {source} }}}}"
        try:
            body = _ENVIRONMENT.parse(f"{{{{ {source}\n}}}}").body
        except TemplateSyntaxError as error:
            raise place.fault(f"{shown} 写得不对（{error.message}）。") from error
        output = body[0] if len(body) == 1 else None
        if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
            raise place.fault(f"{shown} 写得不对，应当是一个表达式。")
        tree = [output.nodes[0], *output.nodes[0].find_all(nodes.Node)]
        names = tuple(node.name for node in tree if isinstance(node, nodes.Name))
        dots = tuple((node.node.name, node.attr) for node in tree if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name))
        expression = cls(source, place, names, dots, target, over)
        for node in tree:
            expression._allow(node)
        return expression

    def fault(self, what: str) -> TemplateError:
        """`what` is wrong with this expression."""
        return self.place.fault(f"{{{{ {self.source} }}}} {what}")

    def _allow(self, node: nodes.Node) -> None:
        if not isinstance(node, _ALLOWED):
            what = _REFUSED.get(type(node), f"不支持的写法（{type(node).__name__}）")
            raise self.fault(f"用了{what}。表达式里只能写名字、点号取值、过滤器、条件、比较、~ 和加减，要算的数由程序给出。")
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            raise self.fault(f"里的过滤器“{node.name}”不认识{nearest(node.name, _FILTERS)}")
        if isinstance(node, nodes.Test) and node.name not in _ENVIRONMENT.tests:
            raise self.fault(f"里的判断“is {node.name}”不认识{nearest(node.name, _ENVIRONMENT.tests)}")
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise self.fault(f"里的“{node.attr}”不能用，名字不能以下划线开头。")
        if isinstance(node, nodes.CondExpr) and node.expr2 is None:
            raise self.fault("里的 if 缺少 else，请写成 {{ 甲 if 条件 else 乙 }}。")

    def problems(self, names: Collection[str], fields: Mapping[str, Collection[str]]) -> Iterable[TemplateError]:
        """What this expression names that is not in `names`, or not a field of a thing whose `fields` are known."""
        own = {self.target, "loop"} if self.target else set()
        for name in self.names:
            if name not in names and name not in own:
                yield self.fault(f"里的“{name}”不认识{nearest(name, {*names, *own})}")
        for owner, word in self.dots:
            known = fields.get(self.over if self.target and owner == self.target else owner)
            if self.target and owner == "loop":
                known = _LOOP_WORDS
            if known is not None and word not in known:
                yield self.fault(f"里的“{word}”不认识{nearest(word, known)}")


class Evaluator:
    """The expressions of one row, compiled together: one call gives all their values.

    Most rows name only values and fields of records; those are looked up without asking Jinja2, which takes ten times as long.
    """

    __slots__ = ("_compiled", "_looked_up", "expressions")

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self.expressions = tuple(expressions)
        self._looked_up = _looked_up([expression.source if expression.names else "" for expression in expressions])
        self._compiled: TemplateExpression | None = None

    def __call__(self, scope: Mapping[str, object]) -> tuple[object, ...]:
        """The values in `scope`; TemplateError names the expression that cannot be worked out."""
        if self._looked_up is not None:
            try:
                return self._looked_up(scope)
            except KeyError:  # what is not there: Jinja2 says it better
                pass
        try:
            values = self._evaluate()(scope) or ()
        except (TemplateRuntimeError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            if len(self.expressions) > 1:
                for expression in self.expressions:
                    Evaluator([expression])(scope)
            raise self.expressions[0].fault(f"算不出来：{error}") from error
        for value, expression in zip(values, self.expressions, strict=True):
            if isinstance(value, _Unknown):
                raise expression.fault(f"里的{value.complaint()}")
        return values

    def _evaluate(self) -> TemplateExpression:
        """What Jinja2 makes of the expressions; made when first needed."""
        if self._compiled is None:
            together = "".join(f"({expression.source}\n)," for expression in self.expressions)
            self._compiled = _ENVIRONMENT.compile_expression(f"({together})", undefined_to_none=False)
        return self._compiled


def _looked_up(sources: Sequence[str]) -> Callable[[Mapping[str, object]], tuple[object, ...]] | None:
    """How to get the values of a row that holds names alone, or fields of one record alone; None for any other row."""
    found = [_PLAIN.fullmatch(source) for source in sources]
    plain = [(match[1], match[2]) for match in found if match]
    if not plain or len(plain) < len(sources):
        return None
    names, fields = {name for name, _ in plain}, tuple(field for _, field in plain)
    if not any(fields):
        return _tupled(itemgetter(*(name for name, _ in plain)), len(plain))
    if len(names) > 1 or not all(fields):
        return None
    (name,) = names
    wanted, values_of = frozenset(fields), _tupled(attrgetter(*fields), len(fields))
    records: set[type] = set()

    def of_record(scope: Mapping[str, object]) -> tuple[object, ...]:
        record = scope[name]
        kind: type = record.__class__
        if kind not in records:
            if not wanted <= _fields(kind):
                raise KeyError(name)
            records.add(kind)
        return values_of(record)

    return of_record


def _tupled(get: Callable[[Any], Any], count: int) -> Callable[[Any], tuple[object, ...]]:
    """`itemgetter` and `attrgetter` give a single value bare."""
    return get if count > 1 else lambda source: (get(source),)
