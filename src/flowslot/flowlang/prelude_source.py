"""The prelude: Python source that runs in the sandbox before an expression, in chunks of which only the used ones go.

Each chunk is named for what it defines. The names it uses of other chunks stand in NEEDS. What it uses of Python is a
listed function, which no data can be called, or kept under a name of its own first (`_type`).
"""

from __future__ import annotations

from collections.abc import Mapping

NEEDS: Mapping[str, tuple[str, ...]] = {
    "decimal": ("_number",),
    "round_half_up": ("_number",),
    "round": ("_number",),
    "uuid": ("_text", "_packed"),
    "hmac_sha256": ("_packed", "sha256"),
    "sha256": ("_bytes",),
    "base64": ("_bytes",),
    "json_dumps": (),
    "parse_date": ("date", "datetime"),
    "parse_datetime": ("date", "datetime"),
    "to_zone": ("_zone",),
    "in_zone": ("_zone",),
    "_zone": ("parse_datetime",),
    "timedelta": ("date",),
    "timezone": ("date",),
    "datetime": ("date",),
}

CHUNKS: Mapping[str, str] = {
    "_json": """\
import json as _j
_type = type
_plain_bytes = bytes
def _json(value):
    try:
        return _j.dumps(value, allow_nan=False, ensure_ascii=False, separators=(',', ':'))
    except (TypeError, ValueError):
        pass
    kind = _type(value).__name__
    if kind == 'dict':
        return '{' + ','.join([_j.dumps(_key(k), ensure_ascii=False) + ':' + _json(v) for k, v in value.items()]) + '}'
    if kind in ('list', 'tuple', 'set', 'frozenset', 'range', 'dict_keys', 'dict_values', 'dict_items'):
        return '[' + ','.join([_json(each) for each in value]) + ']'
    if kind == 'Decimal':
        if not value.is_finite():
            raise ValueError('the result is not a number')
        return str(value)
    if kind == 'float':
        raise ValueError('the result is not a number: JSON has no infinity and no NaN')
    if kind in ('date', 'datetime', 'time'):
        return '"' + value.isoformat() + '"'
    if kind == 'timedelta':
        return _j.dumps(value.total_seconds())
    if kind == 'bytes':
        raise TypeError('bytes cannot be a result; use base64(…), or .decode() for text')
    raise TypeError('a ' + kind + ' cannot be a result: it is not JSON')
def _key(key):
    kind = _type(key).__name__
    if kind == 'str':
        return key
    if key is None or kind in ('bool', 'int', 'float'):
        return _j.dumps(key, allow_nan=False)
    if kind in ('date', 'datetime'):
        return key.isoformat()
    if kind == 'Decimal':
        return str(key)
    raise TypeError('a ' + kind + ' cannot be the key of an object')
""",
    "_text": """\
def _text(value):
    if value is None:
        return ''
    kind = _type(value).__name__
    if kind == 'str':
        return value
    if kind in ('date', 'datetime', 'time'):
        return value.isoformat()
    return _json(value)
""",
    "_pairs": """\
def _pairs(over):
    kind = _type(over).__name__
    if kind == 'dict':
        return [(_key(k), v) for k, v in over.items()]
    if kind in ('list', 'tuple', 'set', 'frozenset', 'range', 'dict_keys', 'dict_values', 'dict_items'):
        return [(None, each) for each in over]
    raise TypeError('over must give a list or an object')
def _keys(over):
    return [_key(k) for k in over] if _type(over).__name__ == 'dict' else None
""",
    "_str": "_str = str\n",
    "_repr": "_repr = repr\n",
    "_format": "_format = format\n",
    "_iter": "_iter = iter\n",
    "math": "import math\n",
    "re": "import re\n",
    "_number": """\
from decimal import Decimal as _Decimal
def _number(value):
    kind = _type(value).__name__
    if kind == 'float':
        value = repr(value)
    elif kind not in ('int', 'str', 'Decimal'):
        raise TypeError('this takes a number or its text, not ' + ('null' if value is None else kind))
    try:
        number = _Decimal(value)
    except Exception:
        raise ValueError('this text is not a number: ' + repr(value)[:50])
    if not number.is_finite():
        raise ValueError('this is not a finite number: ' + repr(value)[:50])
    return number
""",
    "decimal": """\
def decimal(value):
    return _number(value)
""",
    "round_half_up": """\
def round_half_up(value, digits=0):
    sign, figures, exponent = _number(value).as_tuple()
    whole = int(''.join([str(each) for each in figures]) or '0')
    if not -1000 <= exponent + digits <= 1000:
        raise ValueError('round_half_up takes numbers of at most 1000 digits')
    if exponent + digits >= 0:
        whole = whole * 10 ** (exponent + digits)
    else:
        unit = 10 ** -(exponent + digits)
        whole, rest = divmod(whole, unit)
        if 2 * rest >= unit:
            whole = whole + 1
    return _Decimal(('-' if sign and whole else '') + str(whole) + 'E' + str(-digits))
""",
    "round": """\
_round = round
def round(number, ndigits=None):
    if ndigits is None or _type(number) is not float:
        return _round(number) if ndigits is None else _round(number, ndigits)
    if ndigits > 400:
        return number
    if ndigits >= 0:
        return float(format(number, '.' + str(ndigits) + 'f'))
    unit = 10 ** -ndigits
    whole, rest = divmod(int(abs(number)), unit)
    if 2 * rest > unit or (2 * rest == unit and (whole % 2 == 1 or abs(number) > int(abs(number)))):
        whole = whole + 1
    return float(whole * unit) if number >= 0 else -float(whole * unit)
""",
    "_bytes": """\
def _bytes(value):
    kind = _type(value).__name__
    if kind == 'str':
        return value.encode()
    if kind == 'bytes':
        return value
    raise TypeError('this takes a text or bytes, not ' + ('null' if value is None else kind))
""",
    "_packed": """\
def _packed(numbers):
    return _plain_bytes.fromhex(''.join(['%02x' % each for each in numbers]))
""",
    "sha256": """\
import hashlib as _h
def sha256(value):
    return _h.sha256(_bytes(value)).hexdigest()
""",
    "hmac_sha256": """\
import base64 as _b
def hmac_sha256(key, message, encoding='hex'):
    key = _bytes(key)
    if len(key) > 64:
        key = _h.sha256(key).digest()
    key = key + _plain_bytes(64 - len(key))
    inner = _h.sha256(_packed([each ^ 54 for each in key]) + _bytes(message)).digest()
    digest = _h.sha256(_packed([each ^ 92 for each in key]) + inner).digest()
    if encoding == 'hex':
        return digest.hex()
    if encoding == 'base64':
        return _b.b64encode(digest).decode()
    raise ValueError("encoding is 'hex' or 'base64'")
""",
    "base64": """\
import base64 as _b
def base64(value):
    return _b.b64encode(_bytes(value)).decode()
""",
    "base64_decode": """\
import base64 as _b
def base64_decode(text):
    return _b.b64decode(text).decode()
""",
    "url_quote": """\
def url_quote(text, safe=''):
    plain = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~' + safe
    if text.isascii() and text.isalnum():
        return text
    return ''.join([each if each in plain else ''.join(['%%%02X' % byte for byte in each.encode()]) for each in text])
""",
    "uuid": """\
import hashlib as _h
def uuid(name):
    space = _plain_bytes.fromhex('6ba7b8119dad11d180b400c04fd430c8')
    digest = list(_h.sha1(space + _text(name).encode()).digest()[:16])
    digest[6] = digest[6] & 15 | 80
    digest[8] = digest[8] & 63 | 128
    text = _packed(digest).hex()
    return text[:8] + '-' + text[8:12] + '-' + text[12:16] + '-' + text[16:20] + '-' + text[20:]
""",
    "json_dumps": """\
def json_dumps(value):
    return _json(value)
""",
    "json_loads": """\
def json_loads(text):
    return _j.loads(text)
""",
}
"""All chunks but those about dates, in the order they are put together."""
