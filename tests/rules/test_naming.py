"""What may stand in slugs, names and notes."""

from __future__ import annotations

import pytest

from flowslot.domain.naming import name_problems, note_problems, slug_problems

SLUGS = {
    "a": True,
    "0": True,
    "acme-invoices-2": True,
    "a" * 63: True,
    "a-": True,
    "": False,
    "-a": False,
    "A": False,
    "a b": False,
    "a_b": False,
    "ä": False,
    "a\n": False,
    "a" * 64: False,
    "١": False,
}


@pytest.mark.parametrize(("slug", "fits"), SLUGS.items())
def test_a_slug_can_stand_in_an_address(slug: str, fits: bool) -> None:
    found = slug_problems(slug=slug)
    assert [each.pointer for each in found] == ([] if fits else ["/slug"])


NAMES = {"Acme": [], "Müller & Söhne 株式会社": [], "": ["empty"], " \t": ["empty"], "a\x00b": ["unprintable"]}
NAMES |= {"x" * 200: [], "x" * 201: ["too_long"], "\x1b[31m": ["unprintable"]}


@pytest.mark.parametrize(("name", "codes"), NAMES.items())
def test_a_name_has_something_to_read_and_nothing_to_hide(name: str, codes: list[str]) -> None:
    assert [each.code for each in name_problems(name=name)] == codes


def test_what_is_not_given_is_not_wrong() -> None:
    assert name_problems(name=None, customer=None) == ()


NOTES = {"": [], "two\nlines\tand a tab": [], "x" * 2000: [], "x" * 2001: ["too_long"], "\x00": ["unprintable"]}


@pytest.mark.parametrize(("note", "codes"), NOTES.items())
def test_a_note_may_be_empty_and_have_lines(note: str, codes: list[str]) -> None:
    assert [each.code for each in note_problems(note=note)] == codes
