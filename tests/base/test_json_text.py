"""Numbers and times as they come in and go out."""

from __future__ import annotations

import pytest

from flowslot.base.canonical import canonical
from flowslot.base.clock import time_from
from flowslot.base.errors import Malformed
from flowslot.base.json_text import dump, parse, plain

NUMBERS = ["0.0000001", "0.00000010"]
NUMBERS += ["1e5", "1E5", "1e-7", "2.50e+3", "0e0", "-0.0", "-0", "1.10", "0.1000000000000000055"]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_with_a_fraction_or_an_exponent_stays_as_it_was_written(text: str) -> None:
    document = f'{{"a":[{text}]}}'.encode()

    assert dump(parse(document)) == document
    assert canonical(parse(document)) == document
    assert parse(dump(plain(parse(text)))) == parse(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_utc_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="before the year 1 or after the year 9999"):
        time_from(text)


@pytest.mark.parametrize("text", ["1e400", "9e308", "1e-400", "1e99999999999999999999", "0e-99999999999999999999"])
def test_a_number_that_no_double_holds_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="out of range"):
        parse(text)
