"""Reads the Prometheus text format as strictly as its specification says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)')
_LINE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? (\S+)")
_HEAD = re.compile(rf"# (HELP|TYPE) ({_NAME}) (.+)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|NaN|[+-]Inf", re.IGNORECASE)
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}

Labels = tuple[tuple[str, str], ...]


@dataclass
class Read:
    """One metric with its lines, by suffix and labels."""

    kind: str
    about: str
    lines: dict[tuple[str, Labels], float] = field(default_factory=dict)

    def total(self, suffix: str = "", **labels: str) -> float:
        """The sum of the lines with these labels, whatever others they have."""
        wanted = set(labels.items())
        return sum(value for (end, found), value in self.lines.items() if end == suffix and wanted <= set(found))


def read_metrics(text: str) -> dict[str, Read]:
    """Every metric by name. AssertionError for anything that is not as it must be."""
    assert text.endswith("\n")
    found: dict[str, Read] = {}
    abouts: dict[str, str] = {}
    now = ""
    for line in text.removesuffix("\n").split("\n"):
        head = _HEAD.fullmatch(line)
        if head is None:
            name = _read_line(line, now, found)
            assert name == now, f"{line}: stands below {now}"
        elif head[1] == "HELP":
            assert head[2] not in found, f"{head[2]} stands there twice"
            now, abouts[head[2]] = head[2], head[3]
        else:
            assert head[2] == now, f"{line}: the type of another metric"
            assert head[2] not in found, f"{head[2]} has two types"
            assert head[3] in _SUFFIXES, line
            found[now] = Read(head[3], abouts[now])
    for name, metric in found.items():
        _check(name, metric)
    return found


def _read_line(line: str, now: str, found: dict[str, Read]) -> str:
    parts = _LINE.fullmatch(line)
    assert parts is not None, f"not a line of metrics: {line!r}"
    assert _NUMBER.fullmatch(parts[3]), f"not a number: {line!r}"
    suffix = parts[1].removeprefix(now)
    metric = found[now]
    assert suffix in _SUFFIXES[metric.kind], f"{line}: no line of a {metric.kind}"
    key = (suffix, _labels(parts[2] or ""))
    assert key not in metric.lines, f"there twice: {line}"
    metric.lines[key] = float(parts[3])
    return parts[1].removesuffix(suffix) if suffix else parts[1]


def _labels(text: str) -> Labels:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        each = _LABEL.match(text, at)
        assert each is not None, f"not labels: {text!r}"
        found.append((each[1], each[2]))
        at = each.end()
    assert len({name for name, _ in found}) == len(found), f"a label twice: {text!r}"
    return tuple(sorted(found))


def _check(name: str, metric: Read) -> None:
    assert metric.lines, f"{name} has no line"
    assert (metric.kind == "counter") == name.endswith("_total"), f"{name}: a {metric.kind}"
    if metric.kind == "counter":
        assert all(value >= 0 for value in metric.lines.values())
    if metric.kind == "histogram":
        _check_histogram(name, metric)


def _check_histogram(name: str, metric: Read) -> None:
    series: dict[Labels, list[tuple[float, float]]] = {}
    for (suffix, labels), value in metric.lines.items():
        if suffix == "_bucket":
            bound = dict(labels)["le"]
            rest = tuple(each for each in labels if each[0] != "le")
            series.setdefault(rest, []).append((float(bound.replace("Inf", "inf")), value))
    assert series, name
    for labels, buckets in series.items():
        buckets.sort()
        assert buckets[-1][0] == float("inf"), f"{name}: no +Inf"
        counts = [count for _, count in buckets]
        assert counts == sorted(counts), f"{name}: buckets count up"
        assert metric.lines["_count", labels] == counts[-1]
        assert ("_sum", labels) in metric.lines
