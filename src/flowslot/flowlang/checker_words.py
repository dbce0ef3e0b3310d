"""Types of the checker in words: `str | None` is a text or null, an object with known fields is an object."""

from __future__ import annotations

import ast
import re

_WORDS = {
    "str": "a text",
    "LiteralString": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "None": "null",
    "list": "a list",
    "tuple": "a list",
    "dict": "an object",
    "Mapping": "an object",
    "set": "a set",
    "date": "a date",
    "datetime": "a time",
    "timedelta": "a length of time",
    "Decimal": "a decimal",
    "Unknown": "anything",
    "Any": "anything",
    "object": "anything",
    "Sized": "something with a length",
    "SupportsIndex": "a whole number",
    "SupportsInt": "a number",
    "SupportsFloat": "a number",
    "SupportsAbs": "a number",
    "SupportsNext": "an iterator",
    "Iterable": "a list",
    "Sequence": "a list",
    "Buffer": "bytes",
    "bytes": "bytes",
}
_OURS = re.compile(r"[TM]\d+")
_QUOTED = re.compile(r"`([^`]+)`")
_MAX_LITERALS = 4


def readable(message: str) -> str:
    """A message of the checker with its types in words."""
    text = _QUOTED.sub(lambda found: type_in_words(found[1]), message.partition("\n")[0])
    return text if text.endswith((".", "?")) else f"{text}."


def type_in_words(text: str) -> str:
    """One type in words; what is no type stays as it is."""
    try:
        tree = ast.parse(text.replace("*", ""), mode="eval").body
    except (SyntaxError, ValueError):
        return text
    return " or ".join(dict.fromkeys(_words(tree)))


def _words(node: ast.expr) -> list[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_words(node.left), *_words(node.right)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        return _words(node.left)
    if isinstance(node, ast.Constant) and node.value is None:
        return ["null"]
    if isinstance(node, ast.Subscript):
        return _literals(node.slice) if _name(node.value) == "Literal" else [_of_name(_name(node.value))]
    return [_of_name(_name(node) or ast.unparse(node))]


def _literals(node: ast.expr) -> list[str]:
    values = [ast.unparse(each) for each in (node.elts if isinstance(node, ast.Tuple) else [node])]
    return values if len(values) <= _MAX_LITERALS else [*values[:_MAX_LITERALS], "…"]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _of_name(name: str) -> str:
    return "an object" if _OURS.fullmatch(name) else _WORDS.get(name, name)
