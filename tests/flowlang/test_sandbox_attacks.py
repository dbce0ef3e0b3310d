"""Hostile expressions and code: each ends soon, in a failure or a harmless value, and the next call works."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from evaluating import value_of

from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.values_failures import MAX_MESSAGE

LONGEST = 10.0
"""Seconds that any attack may take on a busy machine; each limit of the sandbox is far below."""

EXPRESSIONS = (
    "=sum(range(10 ** 12))",
    "=[[[0 for a in range(1000)] for b in range(1000)] for c in range(1000)]",
    "=sorted(range(10 ** 6), key=lambda x: [y for y in range(10 ** 5)])",
    "=(lambda f: f(f))(lambda f: f(f))",
    "=(lambda f, n: f(f, n))(lambda f, n: 1 if n < 2 else f(f, n - 1) + f(f, n - 2), 60)",
    "='a' * 10 ** 10",
    "=[0] * 10 ** 9",
    "=10 ** 10 ** 8",
    "=2 ** 2 ** 31",
    "=1 << 10 ** 11",
    "='a'.replace('', 'b' * 10 ** 6) * 10 ** 6",
    "='%99999999999d' % 1",
    "=f'{1:999999999999}'",
    "='{:999999999999}'.format(1)",
    "='x'.ljust(10 ** 12)",
    "='a'.join(['b' * 10 ** 6] * 10 ** 6)",
    "=list(range(10 ** 10))",
    "=max(range(10 ** 12))",
    "=[x for x in range(10 ** 12) if False]",
    "=re.search('(a+)+$', 'a' * 40 + 'b')",
    "=re.fullmatch('(a|aa)+', 'a' * 60 + 'b')",
    "=re.match('(a{1,1000}){1,1000}', 'a' * 1000)",
    "=re.sub('a' * 100, '', 'a' * 10 ** 6)",
    "=str(10 ** 5000)",
    "=len(str(10 ** 4000)) ",
    "=[[[x] * 1000 for x in range(1000)] for y in range(20)]",
    "=json_loads('[' * 100000)",
    "=json_loads('[' * 60 + ']' * 60)",
    "=json_loads('[' * 90 + ']' * 90)",
    "={'a' * 10 ** 7: 1}['b']",
    "={}['a' * 10 ** 7]",
    "='{0.__class__}'.format('')",
    "='{0.__globals__}'.format(len)",
    "=(lambda x: (x, x))((lambda x: (x, x))((lambda x: (x, x))((lambda x: (x, x))([0] * 10 ** 5))))",
    "=uuid('a' * 10 ** 8)",
    "=hmac_sha256('k', 'm' * 10 ** 8)",
    "=base64('a' * 10 ** 8)",
    "=url_quote('ü' * 10 ** 7)",
    "=round_half_up('9' * 10 ** 6, 2)",
    "=decimal('1e999999999') * 2",
    "=decimal('9' * 1000) ** 1000000",
    "=to_zone('2026-01-01T00:00:00Z', '../../etc/passwd')",
    "=to_zone('2026-01-01T00:00:00Z', 'A' * 10 ** 6)",
    "=[to_zone(datetime(year, 6, 1, tzinfo=timezone.utc), 'Europe/Berlin') for year in range(1, 9999)]",
    "=in_zone('0001-01-01T00:00:00', 'Asia/Tokyo')",
)

CODE = (
    "def main():\n    while True: pass",
    "def main():\n    try:\n        while True: pass\n    finally:\n        return 1",
    "def main():\n    exec('while True: pass')",
    "def main():\n    x = ['a']\n    while True: x = x + x",
    "def main():\n    x = {}\n    i = 0\n    while True:\n        x[i] = 'a' * 1000\n        i += 1",
    "def main():\n    x = ['a']\n    for i in range(60): x = [x, x]\n    return x",
    "def main():\n    x = []\n    x.append(x)\n    return x",
    "def main():\n    x = 0\n    for i in range(10 ** 6): x = [x]\n    return x",
    "def main():\n    return main()",
    "class A:\n    def __repr__(self): return repr(self)\ndef main():\n    return repr(A())",
    "class A:\n    def __eq__(self, other): return self == other\ndef main():\n    return A() == A()",
    "import copy\ndef main():\n    x = []\n    for i in range(10 ** 5): x = [x]\n    return copy.deepcopy(x)",
    "def main():\n    while True: print('x' * 1000)",
    "def main():\n    raise ValueError('x' * 10 ** 7)",
    "import time\ndef main():\n    time.sleep(1000)",
    "import asyncio\nasync def f():\n    await asyncio.sleep(1000)\ndef main():\n    return asyncio.run(f())",
    "import time\ndef main():\n    return time.time()",
    "import random\ndef main():\n    return random.random()",
    "from datetime import datetime\ndef main():\n    return datetime.now().isoformat()",
    "import os\ndef main():\n    return os.listdir('/')",
    "import os\ndef main():\n    return os.environ['PATH']",
    "import os\ndef main():\n    return os.getenv('HOME')",
    "def main():\n    return open('/etc/passwd').read()",
    "def main():\n    open('was-here', 'w').write('x')",
    "from pathlib import Path\ndef main():\n    return Path('/etc/passwd').read_text()",
    "import socket\ndef main():\n    return 1",
    "import subprocess\ndef main():\n    return 1",
    "import ctypes\ndef main():\n    return 1",
    "def main():\n    return ().__class__.__bases__",
    "def main():\n    return main.__globals__",
    "def main():\n    return __builtins__",
    "def main():\n    return __import__('os').system('true')",
    "def main():\n    return lambda: 1",
    "def main():\n    return float('nan')",
    "def main():\n    return {'a': b'x'}",
    "def main():\n    return 'a' * 2_000_000",
    "def main():\n    return [[1] * 1000] * 1000",
    "import json\njson.dumps = lambda *a, **k: 5\ndef main():\n    return 1",
    "_json = lambda value: ['not', 'a', 'text']\ndef main():\n    return 1",
    "def main(*a, **k):\n    global _json\n    _json = lambda value: 10 ** 9\n    return 1",
    "main = 5",
    "x = 1",
    "def main(a, b):\n    return 1",
    "import sys\ndef main():\n    sys.exit(3)",
    "def main():\n    yield 1",
    "(" * 20_000,
    "x = 1\n" * 16_000,
    "if 1:\n  pass\n" + "elif 1:\n  pass\n" * 6_000,
    "def main():\n    return 1" + "+1" * 40_000,
    "\x00",
    "def main():\n    return '\\ud800'",
)


@pytest.mark.parametrize("value", EXPRESSIONS, ids=lambda value: value[:30])
def test_a_hostile_expression_ends_soon_and_the_next_one_works(sandbox: Sandbox, value: str) -> None:
    begun = time.monotonic()
    found = evaluated(sandbox, value)
    assert not isinstance(found, RunError) or found.code == "expression_error"
    assert not isinstance(found, RunError) or len(found.message) <= MAX_MESSAGE + 200
    assert time.monotonic() - begun < LONGEST
    assert value_of(sandbox, "=1 + 1") == 2


@pytest.mark.parametrize("source", CODE, ids=lambda source: source[:40])
def test_hostile_code_ends_soon_and_the_next_one_works(sandbox: Sandbox, source: str) -> None:
    begun = time.monotonic()
    found = ran(sandbox, source)
    assert time.monotonic() - begun < LONGEST
    if isinstance(found, RunError):
        assert found.code in ("code_error", "output_too_large", "timeout")
        assert len(found.message) <= MAX_MESSAGE + 200
    assert ran(sandbox, "def main():\n    return 2") == 2


READS_NOTHING = (
    "time.time",
    "random",
    "datetime",
    "listdir",
    "environ",
    "getenv",
    "open(",
    "read_text",
    "__",
    "system",
)


@pytest.mark.parametrize("source", [each for each in CODE if any(word in each for word in READS_NOTHING)])
def test_code_sees_no_clock_no_chance_no_file_and_no_environment(sandbox: Sandbox, source: str) -> None:
    found = ran(sandbox, source)
    assert isinstance(found, RunError) or found in (None, 1)


def test_code_leaves_no_file_behind(sandbox: Sandbox, tmp_path: Path) -> None:
    left = tmp_path / "was-here"
    found = ran(sandbox, f"from pathlib import Path\ndef main():\n    Path({str(left)!r}).write_text('x')")
    assert isinstance(found, RunError)
    assert ran(sandbox, f"def main():\n    open({str(left)!r}, 'w').write('x')") != 1
    assert not left.exists()


def evaluated(sandbox: Sandbox, value: str) -> Json | RunError:
    try:
        return value_of(sandbox, value)
    except StepFailure as failure:
        return failure.error


def ran(sandbox: Sandbox, source: str) -> Json | RunError:
    try:
        return asyncio.run(sandbox.code(source, {}, seconds=0.3))
    except StepFailure as failure:
        return failure.error
