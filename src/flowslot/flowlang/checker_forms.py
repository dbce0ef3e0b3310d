"""Rewrites an expression for the checker: forms it types too loosely, or that JSON changes, in words it knows.

Objects written as `{"a": …}` become calls that keep the type of each field; `.items()`, `.get(…)`, `|` and the like
become functions that also take objects with known fields; what is no JSON becomes what JSON makes of it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from flowslot.flowlang.expressions_nodes import at
from flowslot.flowlang.prelude_names import LISTED


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPECIAL = _names("Dict Set Tuple | .get .items .values .keys .partition .rpartition .groups .span dict isinstance sum")
_MONEY_AND_DATES = _names("""
    decimal round_half_up date datetime timedelta timezone to_zone in_zone parse_date parse_datetime
""")
_NOT_JSON = _names("set tuple zip enumerate divmod map filter reversed range") | _MONEY_AND_DATES
_SYNTAX = {"_format": "format", "_str": "FS_str", "_repr": "FS_repr", "_iter": "FS_iter"}

Maker = Callable[[Sequence[str]], str]
"""Gives the name of the function that makes an object with these fields; the fields are its parameters."""


def needs_forms(functions: frozenset[str]) -> bool:
    """Whether an expression that uses these has anything to rewrite."""
    return not functions.isdisjoint(_SPECIAL | _NOT_JSON | _SYNTAX.keys())


def with_forms(text: str, maker: Maker) -> ast.expr:
    """The tree for the checker of a program text; each node stands at the column of what it came from."""
    tree = ast.parse(text, mode="eval").body
    return _Forms(maker).result(tree)


class _Forms(ast.NodeTransformer):
    def __init__(self, maker: Maker) -> None:
        self._maker = maker

    # ------------------------------------------------------------ where the value of the expression is made

    def result(self, node: ast.expr) -> ast.expr:
        """A node whose value is (part of) the result, as JSON will have it."""
        if isinstance(node, ast.Dict) and _field_names(node) is not None:
            return self._made(node, [self.result(value) for value in node.values])
        if isinstance(node, ast.Dict) and None not in node.keys:
            keys: list[ast.expr | None] = [_call("FS_str", [self.visit(key)], node) for key in node.keys if key]
            return at(ast.Dict(keys, [self.result(value) for value in node.values]), node)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return at(ast.List([self.result(each) for each in node.elts], ast.Load()), node)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return at(ast.ListComp(self.result(node.elt), [self.visit(each) for each in node.generators]), node)
        if isinstance(node, ast.DictComp):
            return self._result_of_pairs(node)
        if isinstance(node, ast.IfExp):
            return at(ast.IfExp(self.visit(node.test), self.result(node.body), self.result(node.orelse)), node)
        if isinstance(node, ast.Starred):
            return at(ast.Starred(self.visit(node.value), ast.Load()), node)
        return self._leaf(node)

    def _result_of_pairs(self, node: ast.DictComp) -> ast.expr:
        key = _call("FS_str", [self.visit(node.key)], node.key)
        generators = [self.visit(each) for each in node.generators]
        return at(ast.DictComp(key, self.result(node.value), generators), node)

    def _leaf(self, node: ast.expr) -> ast.expr:
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        methods = {f".{each.attr}" for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        visited: ast.expr = self.visit(node)
        if names & _MONEY_AND_DATES:
            return _call("FS_plain", [visited], node)
        if names & _NOT_JSON or methods & _SPECIAL or any(isinstance(each, ast.Tuple) for each in ast.walk(node)):
            return _call("FS_json", [visited], node)
        return visited

    # ------------------------------------------------------------ anywhere

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        names = _field_names(node)
        if names is not None:
            return self._made(node, [self.visit(value) for value in node.values])
        if None not in node.keys:
            return self._plain(node)
        parts: list[ast.expr] = [
            self.visit(value) for key, value in zip(node.keys, node.values, strict=True) if not key
        ]
        fields = [self.visit(value) for key, value in zip(node.keys, node.values, strict=True) if key]
        return _call("FS_merge", [*parts, _call("FS_fields", fields, node)], node)

    def _looked_up(self, node: ast.expr) -> ast.expr:
        """A table written where it is used: any of its keys may be asked for."""
        is_table = isinstance(node, ast.Dict) and None not in node.keys
        found: ast.expr = self._plain(node) if is_table and isinstance(node, ast.Dict) else self.visit(node)
        return found

    def _plain(self, node: ast.Dict) -> ast.expr:
        keys = [key and self.visit(key) for key in node.keys]
        return at(ast.Dict(keys, [self.visit(value) for value in node.values]), node)

    def _made(self, node: ast.Dict, values: list[ast.expr]) -> ast.expr:
        return _call(self._maker(_field_names(node) or ()), values, node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        value = self._looked_up(node.value)
        return at(ast.Subscript(value, self.visit(node.slice), ast.Load()), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.BitOr):
            return _call("FS_or", [left, right], node)
        return at(ast.BinOp(left, node.op, right), node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return at(ast.Name(_SYNTAX.get(node.id, node.id), ast.Load()), node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        called = node.func
        if isinstance(called, ast.Attribute):
            return self._method(node, called)
        if isinstance(called, ast.Name) and called.id == "dict":
            called = at(ast.Name("FS_dict", ast.Load()), called)
        elif isinstance(called, ast.Name) and called.id == "sum" and len(node.args) + len(node.keywords) > 1:
            called = at(ast.Name("FS_sum", ast.Load()), called)
        elif isinstance(called, ast.Name) and called.id == "isinstance" and _asks_for_object(node):
            return _call("FS_is_object", [self.visit(node.args[0])], node)
        return self._called(node, self.visit(called))

    def _called(self, node: ast.Call, function: ast.expr, *first: ast.expr) -> ast.expr:
        arguments = [*first, *(self.visit(each) for each in node.args)]
        return at(ast.Call(function, arguments, [self.visit(each) for each in node.keywords]), node)

    def _method(self, node: ast.Call, called: ast.Attribute) -> ast.expr:
        value = self._looked_up(called.value)
        loose = called.attr in ("items", "values") or (called.attr == "get" and not _has_constant_key(node))
        if loose and not (isinstance(called.value, ast.Name) and called.value.id in LISTED):
            return self._called(node, at(ast.Name(f"FS_{called.attr}", ast.Load()), called), value)
        return self._called(node, at(ast.Attribute(value, called.attr, ast.Load()), called))


def _field_names(node: ast.Dict) -> Sequence[str] | None:
    """The names of the fields of an object written out; None when they are not all plain texts."""
    keys = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return keys if keys and len(keys) == len(node.keys) == len(set(keys)) else None


def _has_constant_key(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Constant)


def _asks_for_object(node: ast.Call) -> bool:
    return len(node.args) == 2 and isinstance(node.args[1], ast.Name) and node.args[1].id == "dict"


def _call(name: str, arguments: list[ast.expr], old: ast.AST) -> ast.expr:
    return at(ast.Call(at(ast.Name(name, ast.Load()), old), arguments, []), old)
