"""Rewrites a parsed expression to what the sandbox runs: dots on data become keys, the rest is what is listed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from flowslot.flowlang.expressions_names import (
    Refused,
    why_not_function,
    why_not_method,
    why_not_name,
    why_not_on_type,
)
from flowslot.flowlang.expressions_nodes import at, is_next_of_generator, is_text, key_at_end
from flowslot.flowlang.expressions_source import ExpressionError, Place
from flowslot.flowlang.prelude_names import ATTRIBUTES, LISTED

MAX_DEPTH = 100
"""How deep an expression may nest: `a + b + c` nests one level for each operator."""
MAX_BITS = 3321
"""Of a whole number written out: about 1000 digits."""

_ALLOWED = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.List, ast.Slice, ast.Starred, ast.UnaryOp, ast.keyword)
_PLAIN = (ast.operator, ast.boolop, ast.unaryop, ast.cmpop, ast.expr_context)
_WORDS = {
    ast.NamedExpr: "An expression cannot assign a name (:=).",
    ast.Await: "An expression cannot wait (await).",
    ast.Yield: "An expression cannot yield.",
    ast.YieldFrom: "An expression cannot yield.",
}


class Rewriter(ast.NodeTransformer):
    """Rewrites one tree in place and collects what it uses. Raises ExpressionError at what is not allowed."""

    def __init__(self, place_of: Callable[[ast.AST], Place]) -> None:
        self.roots: dict[str, ast.expr] = {}
        """The data it reads (`trigger`, `steps.total`, `item`, …) and where each stands first."""
        self.functions: set[str] = set()
        """The listed functions it names, the prelude's own that stand for its syntax, and `.method` for each method."""
        self._place_of = place_of
        self._bound: list[str] = []
        self._depth = 0

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, _PLAIN):
            return node
        if self._depth == MAX_DEPTH:
            self._refuse(node, f"The expression nests more than {MAX_DEPTH} levels deep; split it into steps.")
        self._depth += 1
        rewritten = getattr(self, f"visit_{type(node).__name__}", self.generic_visit)(node)
        self._depth -= 1
        return rewritten

    # ------------------------------------------------------------ names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = node.id
        if name in self._bound:
            return node
        self._check(why_not_name(name), node)
        if name in LISTED:
            self.functions.add(name)
        elif name == "steps":
            self._refuse(node, "Name the step whose output you want after the dot, for example steps.total.")
        else:
            self._read(name, node)
        return node

    def _read(self, root: str, node: ast.expr) -> None:
        self.roots.setdefault(root, node)

    # ------------------------------------------------------------ dots

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if self._is_steps(node.value):
            return self._step(node, node.attr)
        if self._is_data(node.value):
            return self._key(node)
        if self._listed(node.value) is not None:
            self._check_on_type(node)
            return self._method_of_text(node) if self._listed(node.value) == "str" else self._visit_value(node)
        if node.attr not in ATTRIBUTES:
            return self._key(node)
        return self._visit_value(node)

    def _visit_value(self, node: ast.Attribute) -> ast.expr:
        node.value = self.visit(node.value)
        return node

    def _method_of_text(self, node: ast.Attribute) -> ast.expr:
        """`str.upper` as a function: the sandbox has methods only on a value."""
        function = ast.parse(f"lambda text, *more: text.{node.attr}(*more)", mode="eval").body
        for made in ast.walk(function):
            at(made, node)
        return function

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if self._is_steps(node.value):
            key = node.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                return self._step(node, key.value)
        node.value = self.visit(node.value)
        node.slice = self.visit(node.slice)
        return node

    def _step(self, node: ast.Attribute | ast.Subscript, step: str) -> ast.expr:
        self._read(f"steps.{step}", node)
        key = key_at_end(step, node) if isinstance(node, ast.Attribute) else node.slice
        return at(ast.Subscript(node.value, key, ast.Load()), node)

    def _key(self, node: ast.Attribute) -> ast.expr:
        key = key_at_end(node.attr, node)
        return at(ast.Subscript(self.visit(node.value), key, ast.Load()), node)

    def _is_steps(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == "steps" and "steps" not in self._bound

    def _listed(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name) and node.id in LISTED and node.id not in self._bound:
            return node.id
        return None

    def _is_data(self, node: ast.expr) -> bool:
        """Whether what stands here can only come from the inputs, so that a dot after it is a key."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name):
            return self._listed(node) is None
        if isinstance(node, ast.BoolOp):
            return all(self._is_data(value) for value in node.values)
        return isinstance(node, ast.IfExp) and self._is_data(node.body) and self._is_data(node.orelse)

    # ------------------------------------------------------------ calls

    def visit_Call(self, node: ast.Call) -> ast.expr:
        called = node.func
        if isinstance(called, ast.Attribute):
            self._check_method(called)
            of_text = self._listed(called.value) == "str"
            node.func = self._method_of_text(called) if of_text else self._visit_value(called)
        elif isinstance(called, ast.Name) and called.id not in self._bound:
            self._check(why_not_function(called.id), called)
            self.functions.add(called.id)
        elif isinstance(called, ast.Subscript):
            self._refuse(called, "This is data and cannot be called.")
        else:
            node.func = self.visit(called)
        node.args = [self.visit(each) for each in node.args]
        node.keywords = [self.visit(each) for each in node.keywords]
        return self._iterable(node) if is_next_of_generator(node) else node

    def _check_method(self, node: ast.Attribute) -> None:
        self.functions.add(f".{node.attr}")
        if self._listed(node.value) is not None:
            self._check_on_type(node)
        else:
            self._check(why_not_method(node.attr), key_at_end("", node))

    def _check_on_type(self, node: ast.Attribute) -> None:
        self._check(why_not_on_type(node.attr, self._listed(node.value) or ""), key_at_end("", node))

    def _iterable(self, node: ast.Call) -> ast.Call:
        """`next(x for x in …)` needs an iterator where the sandbox makes a list."""
        generator = node.args[0]
        node.args[0] = at(ast.Call(self._own("_iter", generator), [generator], []), generator)
        return node

    def _own(self, name: str, old: ast.AST) -> ast.Name:
        self.functions.add(name)
        return at(ast.Name(name, ast.Load()), old)

    # ------------------------------------------------------------ what binds names

    @contextmanager
    def _with(self, names: list[ast.Name | ast.arg]) -> Iterator[None]:
        before = len(self._bound)
        self._bind(names)
        try:
            yield
        finally:
            del self._bound[before:]

    def _bind(self, names: list[ast.Name | ast.arg]) -> None:
        for each in names:
            name = each.id if isinstance(each, ast.Name) else each.arg
            self._check(why_not_name(name), each)
            self._bound.append(name)

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        self.functions.add("Lambda")
        given = node.args
        given.defaults = [self.visit(each) for each in given.defaults]
        given.kw_defaults = [each and self.visit(each) for each in given.kw_defaults]
        starred = [each for each in (given.vararg, given.kwarg) if each is not None]
        with self._with([*given.posonlyargs, *given.args, *given.kwonlyargs, *starred]):
            node.body = self.visit(node.body)
        return node

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> ast.expr:
        with self._with([]):
            for each in node.generators:
                if each.is_async:
                    self._refuse(node, "An expression cannot wait (async).")
                each.iter = self.visit(each.iter)
                self._bind(self._targets(each.target))
                each.ifs = [self.visit(test) for test in each.ifs]
            if isinstance(node, ast.DictComp):
                node.key = self.visit(node.key)
                node.value = self.visit(node.value)
            else:
                node.elt = self.visit(node.elt)
        return node

    visit_ListComp = _comprehension  # noqa: N815  # ast asks for methods named after its nodes
    visit_SetComp = _comprehension  # noqa: N815
    visit_GeneratorExp = _comprehension  # noqa: N815
    visit_DictComp = _comprehension  # noqa: N815

    def _targets(self, target: ast.expr) -> list[ast.Name | ast.arg]:
        found: list[ast.Name | ast.arg] = []
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                found.append(node)
            elif not isinstance(node, ast.Tuple | ast.List | ast.Starred | ast.expr_context):
                self._refuse(target, "Only names can stand between for and in.")
        return found

    # ------------------------------------------------------------ texts and the rest

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """An f-string becomes the join of its parts: the same text, with places that can be told."""
        parts = [self.visit(part) for part in node.values]
        if not parts:
            return at(ast.Constant(""), node)
        if len(parts) == 1:
            only: ast.expr = at(parts[0], node)
            return only
        join = ast.Attribute(at(ast.Constant(""), node), "join", ast.Load())
        pieces = at(ast.List(parts, ast.Load()), node)
        return at(ast.Call(at(join, node), [pieces], []), node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        value: ast.expr = self.visit(node.value)
        conversion = {115: "_str", 114: "_repr"}.get(node.conversion)
        if conversion is not None:
            value = at(ast.Call(self._own(conversion, value), [value], []), value)
        elif node.conversion != -1:
            self._refuse(node, "Of the conversions only !s and !r can be used.")
        given = [value] if node.format_spec is None else [value, self.visit(node.format_spec)]
        return at(ast.Call(self._own("_format", value), given, []), value)

    def _display(self, node: ast.Dict | ast.Set | ast.Tuple) -> ast.AST:
        if isinstance(node, ast.Set) and isinstance(node.elts[0], ast.Set):
            self._refuse(node, "Write =expression, or a text with {{ expression }} in it, but not both.")
        self.functions.add(type(node).__name__)
        return super().generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if isinstance(node.op, ast.BitOr):
            self.functions.add("|")
        return super().generic_visit(node)

    visit_Dict = _display  # noqa: N815
    visit_Set = _display  # noqa: N815
    visit_Tuple = _display  # noqa: N815

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, complex) or node.value is Ellipsis:
            self._refuse(node, "Complex numbers and ... cannot be used.")
        if isinstance(node.value, int) and node.value.bit_length() > MAX_BITS:
            self._refuse(node, "A number may have at most 1000 digits.")
        if isinstance(node.value, str) and not is_text(node.value):
            self._refuse(node, "A text cannot hold half of a surrogate pair.")
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, _ALLOWED):
            self._refuse(node, _WORDS.get(type(node), "This cannot stand in an expression."))
        return super().generic_visit(node)

    def _check(self, refused: Refused | None, node: ast.AST) -> None:
        if refused is not None:
            raise ExpressionError(refused.message, self._place_of(node), code=refused.code)

    def _refuse(self, node: ast.AST, message: str) -> NoReturn:
        raise ExpressionError(message, self._place_of(node))
