"""Documents as YAML: what is read, what is refused, and that writing loses nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowslot.base import json_text
from flowslot.base.errors import Malformed
from flowslot.cli.documents import parse_document
from flowslot.cli.yaml_reading import read_yaml
from flowslot.cli.yaml_writing import yaml_text

TRICKY = [
    *("=a if b else {'x': 1}", "a: b", "a #b", "- x", "yes", "0x1F", "1_000", "12:30", "2001-01-01", "~", "", " ", "|"),
    *(
        "'",
        "\"'",
        "\u2028",
        "\ufeff",
        "\x85",
        "a\n",
        "\na",
        "a\n\n\n",
        " a\nb",
        "a\n b \nc",
        "\t",
        "a\tb\n\tc",
        "=",
        "<<",
    ),
    *(
        "---",
        "...",
        "é",
        "😀",
        "\x00",
        "x" * 2000,
        "?",
        "a:",
        "null",
        "1.",
        ".5",
        "-0",
        "{a}",
        "[",
        "a\rb",
        "a\r\nb",
        "#",
    ),
    *("%a", "@a", "`a", "def main(a):\n    return a\n"),
]
texts = st.one_of(
    st.sampled_from(TRICKY),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text("ab \n\t:#'\"-=,{}[]\\", max_size=30),
)
numbers = st.one_of(
    st.integers(),
    st.integers(10**20, 10**40),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    st.sampled_from([Decimal("1.0"), Decimal("1.50"), Decimal("-0.0"), Decimal("1E+2"), Decimal("1E-300")]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
documents = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(texts, inner, max_size=5))
)


@settings(max_examples=400, deadline=None)
@given(documents)
@example({"code": "def main(a):\n    return a\n", "if": '=x == "a: b #c"'})
@example([[["a\nb", {"x" * 200: "y\nz"}]], [[]], {}, {"": {}}])
@example("a\nb\n")
def test_a_document_written_as_yaml_and_read_again_is_the_same_to_the_digit(document):
    document = json_text.parse(json_text.dump(document))
    again = read_yaml(yaml_text(document))
    assert json_text.dump(again) == json_text.dump(document)


@settings(max_examples=200, deadline=None)
@given(documents)
def test_json_texts_are_read_as_json(document):
    raw = json_text.dump(document)
    assert json_text.dump(parse_document(raw.decode())) == json_text.dump(json_text.parse(raw))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: yes", {"on": "yes"}),
        ("a: 2001-01-01", {"a": "2001-01-01"}),
        ("a: 0x1F", {"a": "0x1F"}),
        ("a: 010", {"a": "010"}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: True", {"a": "True"}),
        ("a: .5", {"a": ".5"}),
        ("a: .inf", {"a": ".inf"}),
        ("a: 1_000", {"a": "1_000"}),
        ("a:", {"a": None}),
        ("a: ~", {"a": None}),
        ("a: !!str 5", {"a": "5"}),
        ("200: ok", {"200": "ok"}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: 123456789012345678901234567890", {"a": 123456789012345678901234567890}),
        ('a: "\\ud83d\\ude00"', {"a": "😀"}),
        ("# only a comment before\na: =x.y[0]", {"a": "=x.y[0]"}),
    ],
)
def test_only_json_words_and_numbers_are_more_than_text(text, value):
    assert read_yaml(text) == value


def test_a_fraction_keeps_the_digits_it_was_written_with():
    assert json_text.dump(read_yaml("price: 12.500")) == b'{"price":12.500}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2", "'a' stands twice (line 2, column 1)"),
        ("a: 1\n'a': 2", "'a' stands twice"),
        ("a: !!python/object:os.system x", "Tags are not taken"),
        ("a: !x {}", "Tags are not taken"),
        ("a: 1\n---\nb: 2", "more than one document"),
        ("", "no document"),
        ("# nothing", "no document"),
        ("a: b: c", "line 1, column 5"),
        ("a: *x", "No finished value is called &x"),
        ("a: &x [*x]", "&x"),
        ("<<: {a: 1}", "Merge keys"),
        ("{a: 1}: 2", "A key must be text"),
        ('a: "\\ud800"', "half of a surrogate pair"),
        ("a: 1e999", "out of range (line 1, column 4)"),
        ("a: \x01", "Not YAML"),
        ("[" * (json_text.MAX_DEPTH + 2) + "]" * (json_text.MAX_DEPTH + 2), "Nested deeper"),
        ("[" * 20_000, "Nested deeper"),
    ],
)
def test_what_is_not_one_plain_document_is_refused_with_its_place(text, says):
    with pytest.raises(Malformed) as refused:
        read_yaml(text)
    assert says in refused.value.detail


def test_aliases_cannot_blow_a_document_up():
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    with pytest.raises(Malformed, match="more than 200000 values"):
        read_yaml(bomb)


def test_code_is_written_as_a_block_and_small_things_on_one_line():
    text = yaml_text(
        {"id": "x", "code": "def main(a):\n    return a\n", "input": {"a": "=trigger.a"}, "if": '=a == {"b": 1}'}
    )
    assert text == ("id: x\ncode: |\n  def main(a):\n      return a\ninput: {a: =trigger.a}\nif: '=a == {\"b\": 1}'\n")
