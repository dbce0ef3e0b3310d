"""Documents that are no definitions: each with the exact place and code of every problem."""

from __future__ import annotations

import pytest
from flow_documents import document, put

from flowslot.base.errors import Invalid
from flowslot.base.json_text import Json
from flowslot.base.json_text import parse as json_parse
from flowslot.flowlang.parse import parse
from flowslot.steps.registry import KINDS

S = "/steps/0"


def step(kind: str, **keys: Json) -> Json:
    return document({"id": "a", "kind": kind, **keys})


def http(**keys: Json) -> Json:
    return step("http_request", **({"url": "https://example.com"} | keys))


def code(text: str, **inputs: Json) -> Json:
    return step("code", code=text, inputs=inputs)


def schema(found: Json) -> Json:
    return document(trigger={"kind": "on_demand", "input": found})


def loop(**keys: Json) -> Json:
    return step("for_each", **({"in": "=trigger.x", "steps": []} | keys))


INPUT = "/trigger/input"

WHOLE: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "a list": ([], [("", "wrong_type")]),
    "null": (None, [("", "wrong_type")]),
    "a text": ("flow: 1", [("", "wrong_type")]),
    "an empty object": ({}, [("/flow", "missing"), ("/trigger", "missing"), ("/steps", "missing")]),
    "no format": ({"trigger": {"kind": "on_demand"}, "steps": []}, [("/flow", "missing")]),
    "format as text": (document(flow="1"), [("/flow", "wrong_type")]),
    "format as true": (document(flow=True), [("/flow", "wrong_type")]),
    "format 0": (document(flow=0), [("/flow", "invalid")]),
    "format 2": (document(flow=2), [("/flow", "newer_format")]),
    "an unknown key": (document(step=[]), [("/step", "unknown_key")]),
    "a key with a slash": (document(**{"a/b~c": 1}), [("/a~1b~0c", "unknown_key")]),
    "steps as object": (document(steps={}), [("/steps", "wrong_type")]),
    "steps as null": ({**document(), "steps": None}, [("/steps", "wrong_type")]),
    "two triggers": (document(trigger=[{"kind": "on_demand"}]), [("/trigger", "wrong_type")]),
    "a trigger without kind": (document(trigger={}), [("/trigger/kind", "missing")]),
    "a trigger whose kind is a number": (document(trigger={"kind": 1}), [("/trigger/kind", "wrong_type")]),
    "an unknown trigger": (document(trigger={"kind": "hook"}), [("/trigger/kind", "unknown_kind")]),
    "a record trigger": (document(trigger={"kind": "record"}), [("/trigger/kind", "not_available")]),
    "an action_done trigger": (document(trigger={"kind": "action_done"}), [("/trigger/kind", "not_available")]),
    "an unknown key of a trigger": (
        document(trigger={"kind": "webhook", "atuh": "none"}),
        [("/trigger/atuh", "unknown_key")],
    ),
    "a config that is no schema": (document(config={"type": "strin"}), [("/config/type", "bad_schema")]),
    "a config that is a list": (document(config=[]), [("/config", "wrong_type")]),
    "a config that is null": ({**document(), "config": None}, [("/config", "wrong_type")]),
    "a config of another type": (document(config={"type": "array"}), [("/config/type", "bad_schema")]),
    "connections as list": (document(connections=["erp"]), [("/connections", "wrong_type")]),
    "a connection as text": (document(connections={"erp": "http"}), [("/connections/erp", "wrong_type")]),
    "a connection without connector": (document(connections={"erp": {}}), [("/connections/erp/connector", "missing")]),
    "an unknown connector": (
        document(connections={"erp": {"connector": "ftp"}}),
        [("/connections/erp/connector", "invalid")],
    ),
    "an unknown key of a connection": (
        document(connections={"erp": {"connector": "http", "url": "x"}}),
        [("/connections/erp/url", "unknown_key")],
    ),
    "too many connections": (
        document(connections={f"c{number}": {"connector": "http"} for number in range(101)}),
        [("/connections", "too_large")],
    ),
    "a connection's name": (
        document(connections={"my erp": {"connector": "http"}}),
        [("/connections/my erp", "bad_name")],
    ),
}

STEPS: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "a step as text": (document("set"), [(S, "wrong_type")]),
    "a step as null": (document(None), [(S, "wrong_type")]),
    "an empty step": (document({}), [(f"{S}/id", "missing"), (f"{S}/kind", "missing")]),
    "a step without id": (document({"kind": "set", "value": 1}), [(f"{S}/id", "missing")]),
    "a step without kind": (document({"id": "a"}), [(f"{S}/kind", "missing")]),
    "a kind as number": (document({"id": "a", "kind": 1}), [(f"{S}/kind", "wrong_type")]),
    "an unknown kind": (step("sett"), [(f"{S}/kind", "unknown_kind")]),
    "an action": (step("action"), [(f"{S}/kind", "not_available")]),
    "a lookup": (step("lookup"), [(f"{S}/kind", "not_available")]),
    "a cache_write": (step("cache_write"), [(f"{S}/kind", "not_available")]),
    "a parse_xml": (step("parse_xml"), [(f"{S}/kind", "not_available")]),
    "an email": (step("email"), [(f"{S}/kind", "not_available")]),
    "an id in capitals": (document(put("Total")), [(f"{S}/id", "invalid")]),
    "an id with a dash": (document(put("my-total")), [(f"{S}/id", "invalid")]),
    "an id that begins with a digit": (document(put("1st")), [(f"{S}/id", "invalid")]),
    "an id with a line break": (document(put("a\n")), [(f"{S}/id", "invalid")]),
    "an empty id": (document(put("")), [(f"{S}/id", "invalid")]),
    "an id as number": (document({**put("a"), "id": 1}), [(f"{S}/id", "wrong_type")]),
    "an id that is used twice": (document(put("a"), put("a")), [("/steps/1/id", "duplicate_id")]),
    "an id that is used inside": (
        document(put("a"), {"id": "b", "kind": "try", "steps": [put("a")]}),
        [("/steps/1/steps/0/id", "duplicate_id")],
    ),
    "a name as number": (document(put("a", name=1)), [(f"{S}/name", "wrong_type")]),
    "a name of 201 characters": (document(put("a", name="x" * 201)), [(f"{S}/name", "invalid")]),
    "a note as null": (document(put("a", note=None)), [(f"{S}/note", "wrong_type")]),
    "disabled as text": (document(put("a", disabled="yes")), [(f"{S}/disabled", "wrong_type")]),
    "an if without =": (document(put("a", **{"if": "trigger.x"})), [(f"{S}/if", "invalid")]),
    "an if that is a literal text": (document(put("a", **{"if": "==x"})), [(f"{S}/if", "invalid")]),
    "an if that is true": (document(put("a", **{"if": 3})), [(f"{S}/if", "wrong_type")]),
    "set without value": (step("set"), [(f"{S}/value", "missing")]),
    "set with a wrong key": (step("set", value=1, valeu=2), [(f"{S}/valeu", "unknown_key")]),
    "map without to": (step("map", over="=trigger.x"), [(f"{S}/to", "missing")]),
    "map over a text": (step("map", over="trigger.x", to=1), [(f"{S}/over", "wrong_type")]),
    "map over a number": (step("map", over=5, to=1), [(f"{S}/over", "wrong_type")]),
    "map where without =": (step("map", over=[], to=1, where="item.x"), [(f"{S}/where", "invalid")]),
    "condition without anything": (step("condition"), [(f"{S}/if", "missing"), (f"{S}/then", "missing")]),
    "condition then as object": (step("condition", **{"if": "=1", "then": {}}), [(f"{S}/then", "wrong_type")]),
    "condition elif as object": (
        step("condition", **{"if": "=1", "then": [], "elif": {"if": "=1", "then": []}}),
        [(f"{S}/elif", "wrong_type")],
    ),
    "condition elif without then": (
        step("condition", **{"if": "=1", "then": [], "elif": [{"if": "=2"}]}),
        [(f"{S}/elif/0/then", "missing")],
    ),
    "condition elif with a wrong key": (
        step("condition", **{"if": "=1", "then": [], "elif": [{"if": "=2", "then": [], "else": []}]}),
        [(f"{S}/elif/0/else", "unknown_key")],
    ),
    "a wrong step in an elif": (
        step("condition", **{"if": "=1", "then": [], "elif": [{"if": "=2", "then": [step("set")["steps"][0]]}]}),
        [(f"{S}/elif/0/then/0/id", "duplicate_id"), (f"{S}/elif/0/then/0/value", "missing")],
    ),
    "a python name of a key": (step("condition", if_="=1", then=[]), [(f"{S}/if_", "unknown_key")]),
    "for_each in a text": (loop(**{"in": "trigger.x"}), [(f"{S}/in", "wrong_type")]),
    "for_each in an object": (loop(**{"in": {}}), [(f"{S}/in", "wrong_type")]),
    "for_each concurrency 0": (loop(concurrency=0), [(f"{S}/concurrency", "invalid")]),
    "for_each concurrency 101": (loop(concurrency=101), [(f"{S}/concurrency", "invalid")]),
    "for_each concurrency as fraction": (
        json_parse(
            '{"flow":1,"trigger":{"kind":"on_demand"},"steps":[{"id":"a","kind":"for_each","in":[],"steps":[],"concurrency":2.5}]}'
        ),
        [(f"{S}/concurrency", "wrong_type")],
    ),
    "for_each on_error": (loop(on_error="ignore"), [(f"{S}/on_error", "invalid")]),
    "for_each result null": (loop(result=None), [(f"{S}/result", "wrong_type")]),
    "for_each as a name of scope": (loop(**{"as": "steps"}), [(f"{S}/as", "taken_name")]),
    "for_each as a function": (loop(**{"as": "len"}), [(f"{S}/as", "taken_name")]),
    "for_each as a keyword": (loop(**{"as": "class"}), [(f"{S}/as", "taken_name")]),
    "for_each as no name": (loop(**{"as": "the item"}), [(f"{S}/as", "invalid")]),
    "for_each as the loop around": (
        loop(**{"as": "x", "steps": [{"id": "b", "kind": "for_each", "in": [], "as": "x", "steps": []}]}),
        [(f"{S}/steps/0/as", "taken_name")],
    ),
    "try without steps": (step("try", catch=[]), [(f"{S}/steps", "missing")]),
    "try finally as null": (step("try", steps=[], **{"finally": None}), [(f"{S}/finally", "wrong_type")]),
    "call_flow without flow": (step("call_flow"), [(f"{S}/flow", "missing")]),
    "call_flow of an expression": (step("call_flow", flow="=trigger.x"), [(f"{S}/flow", "invalid")]),
    "call_flow slot": (step("call_flow", flow="x", slot="staging"), [(f"{S}/slot", "invalid")]),
    "call_flow wait": (step("call_flow", flow="x", wait="no"), [(f"{S}/wait", "wrong_type")]),
    "wait for nothing": (step("wait"), [(S, "missing")]),
    "wait for and until": (step("wait", **{"for": "5m", "until": "=x"}), [(f"{S}/until", "invalid")]),
    "wait for a number": (step("wait", **{"for": 5}), [(f"{S}/for", "wrong_type")]),
    "wait for no duration": (step("wait", **{"for": "5 minutes"}), [(f"{S}/for", "invalid")]),
    "wait for a line break": (step("wait", **{"for": "5m\n"}), [(f"{S}/for", "invalid")]),
    "wait too long": (step("wait", **{"for": "999999999d"}), [(f"{S}/for", "invalid")]),
    "wait until no time": (step("wait", until="tomorrow"), [(f"{S}/until", "invalid")]),
    "wait until a time without zone": (step("wait", until="2026-01-31T12:00:00"), [(f"{S}/until", "invalid")]),
    "wait for a signal that is false": (step("wait", signal=False), [(f"{S}/signal", "invalid")]),
    "wait with a timeout alone": (step("wait", **{"for": "5m", "timeout": "1m"}), [(f"{S}/timeout", "invalid")]),
    "assert without expected": (step("assert", label="x", actual=1), [(f"{S}/expected", "missing")]),
    "assert compare": (step("assert", label="x", actual=1, expected=1, compare="=="), [(f"{S}/compare", "invalid")]),
    "parse_csv delimiter": (step("parse_csv", text="=x", delimiter=";;"), [(f"{S}/delimiter", "invalid")]),
    "parse_csv quote as delimiter": (step("parse_csv", text="=x", delimiter='"'), [(f"{S}/delimiter", "invalid")]),
    "parse_csv columns as text": (step("parse_csv", text="=x", columns="a,b"), [(f"{S}/columns", "wrong_type")]),
    "parse_csv columns twice": (step("parse_csv", text="=x", columns=["a", "a"]), [(f"{S}/columns", "invalid")]),
    "parse_csv column type": (step("parse_csv", text="=x", columns={"a": "date"}), [(f"{S}/columns/a", "invalid")]),
    "stop status": (step("stop", status="ok"), [(f"{S}/status", "invalid")]),
    "stop status template": (step("stop", status="{{ trigger.x }}"), [(f"{S}/status", "invalid")]),
    "stop message as number": (step("stop", status="success", message=5), [(f"{S}/message", "wrong_type")]),
}

HTTP: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "no way": (step("http_request"), [(S, "missing")]),
    "both ways": (http(path="/x"), [(f"{S}/path", "invalid")]),
    "path without connection": (step("http_request", path="/x"), [(f"{S}/connection", "missing")]),
    "connection without path": (step("http_request", connection="erp"), [(f"{S}/path", "missing")]),
    "undeclared connection": (
        step("http_request", connection="erp", path="/"),
        [(f"{S}/connection", "unknown_connection")],
    ),
    "relative path": (
        document(
            {"id": "a", "kind": "http_request", "connection": "erp", "path": "x"},
            connections={"erp": {"connector": "http"}},
        ),
        [(f"{S}/path", "invalid")],
    ),
    "path that climbs": (
        document(
            {"id": "a", "kind": "http_request", "connection": "e", "path": "/a/../b"},
            connections={"e": {"connector": "http"}},
        ),
        [(f"{S}/path", "invalid")],
    ),
    "another scheme": (http(url="ftp://example.com"), [(f"{S}/url", "invalid")]),
    "a url with a user": (http(url="https://me:pw@example.com"), [(f"{S}/url", "invalid")]),
    "method": (http(method="post"), [(f"{S}/method", "invalid")]),
    "two bodies": (http(json=1, form={}), [(f"{S}/form", "invalid")]),
    "three bodies": (http(json=1, form={}, text=""), [(f"{S}/form", "invalid"), (f"{S}/text", "invalid")]),
    "query as text": (http(query="a=b"), [(f"{S}/query", "wrong_type")]),
    "headers as list": (http(headers=[]), [(f"{S}/headers", "wrong_type")]),
    "header Host": (http(headers={"Host": "x"}), [(f"{S}/headers/Host", "invalid")]),
    "header Content-Length": (http(headers={"content-length": "5"}), [(f"{S}/headers/content-length", "invalid")]),
    "header Transfer-Encoding": (
        http(headers={"Transfer-Encoding": "chunked"}),
        [(f"{S}/headers/Transfer-Encoding", "invalid")],
    ),
    "header Connection": (http(headers={"Connection": "close"}), [(f"{S}/headers/Connection", "invalid")]),
    "header Proxy-…": (http(headers={"Proxy-Authorization": "x"}), [(f"{S}/headers/Proxy-Authorization", "invalid")]),
    "header with a line break": (http(headers={"X": "a\r\nY: b"}), [(f"{S}/headers/X", "invalid")]),
    "header name with a line break": (http(headers={"X\r\nY": "b"}), [(f"{S}/headers/X\r\nY", "invalid")]),
    "timeout too long": (http(timeout="301s"), [(f"{S}/timeout", "invalid")]),
    "timeout as number": (http(timeout=30), [(f"{S}/timeout", "wrong_type")]),
    "retry without attempts": (http(retry={}), [(f"{S}/retry/attempts", "missing")]),
    "retry as number": (http(retry=3), [(f"{S}/retry", "wrong_type")]),
    "retry attempts 0": (http(retry={"attempts": 0}), [(f"{S}/retry/attempts", "invalid")]),
    "retry with a wrong key": (http(retry={"attempts": 2, "dealy": "1s"}), [(f"{S}/retry/dealy", "unknown_key")]),
    "retry factor": (http(retry={"attempts": 2, "factor": 0}), [(f"{S}/retry/factor", "invalid")]),
    "retry factor as text": (http(retry={"attempts": 2, "factor": "2"}), [(f"{S}/retry/factor", "wrong_type")]),
    "retry on": (
        http(retry={"attempts": 2, "on": [429, "netwrok", 99]}),
        [(f"{S}/retry/on/1", "invalid"), (f"{S}/retry/on/2", "invalid")],
    ),
    "retry within": (http(retry={"attempts": 2, "within": "forever"}), [(f"{S}/retry/within", "invalid")]),
    "expect": (http(expect=[200, "6xx", "network"]), [(f"{S}/expect/1", "invalid"), (f"{S}/expect/2", "invalid")]),
    "expect nothing": (http(expect=[]), [(f"{S}/expect", "invalid")]),
}

CODE: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "no code": (step("code"), [(f"{S}/code", "missing")]),
    "not Python": (code("def main(:"), [(f"{S}/code", "bad_code")]),
    "no main": (code("x = 1"), [(f"{S}/code", "bad_code")]),
    "two mains": (code("def main(): pass\ndef main(): pass"), [(f"{S}/code", "bad_code")]),
    "an input too much": (code("def main(): pass", x=1), [(f"{S}/inputs/x", "invalid")]),
    "an input too few": (code("def main(x): pass"), [(f"{S}/code", "bad_code")]),
    "starred parameters": (code("def main(*x): pass"), [(f"{S}/code", "bad_code")]),
    "parameters by place": (code("def main(x, /): pass", x=1), [(f"{S}/code", "bad_code")]),
    "an input that is a keyword": (code("def main(): pass", **{"class": 1}), [(f"{S}/inputs/class", "invalid")]),
    "inputs as list": (step("code", code="def main(): pass", inputs=[]), [(f"{S}/inputs", "wrong_type")]),
    "time limit": (step("code", code="def main(): pass", time_limit="61s"), [(f"{S}/time_limit", "invalid")]),
    "an output that is no schema": (
        step("code", code="def main(): pass", output={"type": "nothing"}),
        [(f"{S}/output/type", "bad_schema")],
    ),
    "too much code": (code("def main(): pass\n#" + "x" * 20_000), [(f"{S}/code", "too_large")]),
    "code nested too deep": (code("def main(): return " + "(" * 5000), [(f"{S}/code", "bad_code")]),
}

SCHEMAS: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "an unknown type": (
        schema({"properties": {"a": {"type": "text"}}}),
        [(f"{INPUT}/properties/a/type", "bad_schema")],
    ),
    "true": (schema(True), [(INPUT, "wrong_type")]),
    "another dialect": (
        schema({"$schema": "http://json-schema.org/draft-07/schema#"}),
        [(f"{INPUT}/$schema", "bad_schema")],
    ),
    "a reference outside": (schema({"$ref": "https://example.com/s.json"}), [(f"{INPUT}/$ref", "bad_schema")]),
    "a reference to a file": (
        schema({"items": {"$ref": "file:///etc/passwd"}}),
        [(f"{INPUT}/items/$ref", "bad_schema")],
    ),
    "a reference to nothing": (schema({"$ref": "#/$defs/x"}), [(f"{INPUT}/$ref", "bad_schema")]),
    "a base of its own": (schema({"$id": "https://example.com/"}), [(f"{INPUT}/$id", "bad_schema")]),
    "an anchor": (schema({"$defs": {"a": {"$anchor": "x"}}}), [(f"{INPUT}/$defs/a/$anchor", "bad_schema")]),
    "look-around": (schema({"pattern": "(?=a)"}), [(f"{INPUT}/pattern", "bad_schema")]),
    "a back-reference": (schema({"pattern": r"(a)\1"}), [(f"{INPUT}/pattern", "bad_schema")]),
    "a huge pattern": (schema({"pattern": "a{1,1000}{1,1000}"}), [(f"{INPUT}/pattern", "bad_schema")]),
    "a broken key pattern": (
        schema({"patternProperties": {"(": {}}}),
        [(f"{INPUT}/patternProperties/(", "bad_schema")],
    ),
    "too many parts": (
        schema(
            {
                "$ref": "#/$defs/a0",
                "$defs": {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(30)} | {"a30": {}},
            }
        ),
        [(INPUT, "bad_schema")],
    ),
    "too long a chain": (
        schema(
            {"$ref": "#/$defs/a0", "$defs": {f"a{n}": {"$ref": f"#/$defs/a{n + 1}"} for n in range(60)} | {"a60": {}}}
        ),
        [(INPUT, "bad_schema")],
    ),
    "too many bytes": (schema({"description": "x" * 300_000}), [(INPUT, "bad_schema")]),
}

EXPRESSIONS: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "nothing": (step("set", value="="), [(f"{S}/value", "syntax_error")]),
    "too short": (step("set", value="=1 +"), [(f"{S}/value", "syntax_error")]),
    "deep in a value": (step("set", value={"a/b": [1, "=)"]}), [(f"{S}/value/a~1b/1", "syntax_error")]),
    "two at once": (
        step("set", value=["=1 +", "{{ 2 + }}"]),
        [(f"{S}/value/0", "syntax_error"), (f"{S}/value/1", "syntax_error")],
    ),
    "an if": (document(put("a", **{"if": "=1 +"})), [(f"{S}/if", "syntax_error")]),
    "the test of an elif": (
        step("condition", **{"if": "=1", "then": [], "elif": [{"if": "=2 +", "then": []}]}),
        [(f"{S}/elif/0/if", "syntax_error")],
    ),
    "over of a map": (
        step("map", over="=1 +", to="=item +"),
        [(f"{S}/over", "syntax_error"), (f"{S}/to", "syntax_error")],
    ),
    "result of a loop": (loop(result="=item +"), [(f"{S}/result", "syntax_error")]),
    "a header": (http(headers={"X-A": "=1 +"}), [(f"{S}/headers/X-A", "syntax_error")]),
    "an unknown function": (step("set", value="=summ([1])"), [(f"{S}/value", "unknown_name")]),
    "the clock": (step("set", value="=datetime.now()"), [(f"{S}/value", "unknown_name")]),
    "an import": (step("set", value="=__import__('os')"), [(f"{S}/value", "syntax_error")]),
}

ALL = WHOLE | STEPS | {f"http: {name}": row for name, row in HTTP.items()}
ALL |= {f"expression: {name}": row for name, row in EXPRESSIONS.items()}
ALL |= {f"code: {name}": row for name, row in CODE.items()} | {f"schema: {name}": row for name, row in SCHEMAS.items()}


@pytest.mark.parametrize(("found", "expected"), ALL.values(), ids=ALL)
def test_what_does_not_fit_is_refused_with_its_place_and_code(found: Json, expected: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        parse(found, KINDS)
    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == expected
    assert all(problem.message.endswith((".", "?")) for problem in refused.value.problems)


def test_the_table_is_long_enough() -> None:
    tables = (WHOLE, STEPS, HTTP, CODE, EXPRESSIONS, SCHEMAS)
    assert len(ALL) == sum(len(table) for table in tables) >= 180


@pytest.mark.parametrize(
    ("found", "place"),
    [
        (step("set", value="=1 +"), (1, 5)),
        (step("set", value="=trigger.a\n + )"), (2, 4)),
        (step("set", value="total: {{ 1 + }}"), (1, 14)),
        (code("def main(x):\n    return (x", x=1), (2, 12)),
        (code("x = 1\n\ndef main(a, b): pass", a=1), (3, 13)),
    ],
)
def test_what_cannot_be_read_is_told_with_line_and_column(found: Json, place: tuple[int, int]) -> None:
    with pytest.raises(Invalid) as refused:
        parse(found, KINDS)
    assert [(problem.line, problem.column) for problem in refused.value.problems] == [place]


def test_code_is_no_template() -> None:
    parse(code('def main(x):\n    return f"{{{x}}}" + "{{ not an expression +"', x=1), KINDS)
