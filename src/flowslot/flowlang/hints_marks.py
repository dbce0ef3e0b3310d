"""Marks in an expression that ask for types: sources that can be read, whatever is still missing in what is written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from keyword import iskeyword

from flowslot.flowlang.hints_caret import After, Caret
from flowslot.flowlang.hints_tokens import closing
from flowslot.flowlang.prelude_names import LISTED

VALUE, WORD, BOUND = "fs_value", "fs_word", "fs_bound_"
"""Asks for the type of what stands before it: of the value before the caret, of all up to the word, of a name."""
_HERE = "fs_here"
_ENDS = ("", " None", " else None")
"""What may be missing at the end, beside brackets."""


def marked(caret: Caret) -> Iterator[str]:
    """Sources with marks, the most telling first: fields with names like these stand for questions."""
    seen: set[str] = set()
    for middle in _middles(caret):
        for mended in _mended(caret, middle):
            for source in _with_names(mended, caret):
                if source not in seen:
                    seen.add(source)
                    yield source
    if caret.base is not None and caret.value != "steps":
        yield f"{caret.value}.{VALUE}"


def asks(caret: Caret) -> bool:
    """Whether there is any question about the value before the caret that its type answers."""
    return caret.value not in LISTED


def _middles(caret: Caret) -> Iterator[str]:
    """What stands for the word and what is before it, from the end of the value on."""
    if caret.base is None:
        yield _HERE
        return
    value = "" if caret.value == "steps" else f".{VALUE}"
    word = "" if caret.is_called else f".{WORD}"
    between = caret.source[caret.base[1] : caret.end]
    if caret.after is After.BRACKET:
        yield f"{value}[{_HERE}"
    elif caret.after is After.QUOTE:
        yield f"{value}{between}{word if between.endswith(']') else ''}"
    elif caret.written and not iskeyword(caret.written):
        yield f"{value}{between}{word}"
    if value:
        yield value


def _mended(caret: Caret, middle: str) -> Iterator[str]:
    before = caret.source[: caret.word[0] if caret.base is None else caret.base[1]] + middle
    for rest in dict.fromkeys((caret.rest, "")):
        for end in _ENDS:
            whole = f"{before}{rest}{end}"
            yield whole + closing(whole)


def _with_names(source: str, caret: Caret) -> Iterator[str]:
    """The source with questions for the names that the caret sees; nothing when it cannot be read."""
    try:
        tree = ast.parse(f"(\n{source}\n)", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    if _HERE not in source:
        yield source
        return
    asked = [f"{name}.{BOUND}{name}" for name in bound_at(tree, _HERE)]
    if caret.base is None and caret.written.isidentifier() and not _is_taken(caret.written, caret):
        yield source.replace(_HERE, f"[{', '.join([*asked, f'{caret.written}.{WORD}'])}]")
    yield source.replace(_HERE, f"[{', '.join(asked)}]")


def _is_taken(word: str, caret: Caret) -> bool:
    return iskeyword(word) or word in LISTED or word == "steps" or caret.is_called


def bound_at(tree: ast.AST, name: str) -> Sequence[str]:
    """The names of loops and lambdas around the place where a name stands, innermost last."""
    way = _way_to(tree, name)
    found = [each for place in range(len(way) - 1) for each in _bound_by(way[place : place + 3])]
    return list(dict.fromkeys(found))


def _way_to(tree: ast.AST, name: str) -> Sequence[ast.AST]:
    """The nodes around the place where a name stands, outermost first, and the name itself."""
    around: dict[ast.AST, ast.AST] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name:
            way: list[ast.AST] = [node]
            while way[-1] in around:
                way.append(around[way[-1]])
            return way[::-1]
        around.update((inner, node) for inner in ast.iter_child_nodes(node) if not isinstance(inner, ast.expr_context))
    return []


def _bound_by(way: Sequence[ast.AST]) -> Iterable[str]:
    """The names that a node binds for what is inside it, given the two nodes that follow it on the way there."""
    node, inner = way[0], way[1]
    if isinstance(node, ast.Lambda) and inner is node.body:
        return [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        loops = node.generators
        if isinstance(inner, ast.comprehension):
            loops = loops[: loops.index(inner) + (way[2] is not inner.iter)]
        return [each.id for loop in loops for each in ast.walk(loop.target) if isinstance(each, ast.Name)]
    return []


def revealing(text: str) -> tuple[str, Sequence[tuple[str, int]]]:
    """A program text with its marks as questions for the checker; each with the column (from 0) it will point at."""
    maker = _Revealing()
    tree = maker.visit(ast.parse(text, mode="eval"))
    asked = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and each in maker.marks]
    written = ast.unparse(tree)
    calls = [each for each in ast.walk(ast.parse(written, mode="eval")) if _is_question(each)]
    return written, [
        (maker.marks[made], call.args[0].col_offset)
        for made, call in zip(asked, calls, strict=True)
        if isinstance(call, ast.Call)
    ]


def _is_question(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FS_reveal"


class _Revealing(ast.NodeTransformer):
    def __init__(self) -> None:
        self.marks: dict[ast.Call, str] = {}

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        node.slice = self.visit(node.slice)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if not isinstance(key, str) or not (key in (VALUE, WORD) or key.startswith(BOUND)):
            return node
        call = ast.Call(ast.Name("FS_reveal", ast.Load()), [node.value], [])
        self.marks[call] = key
        return call
