"""The vault: secrets encrypted with the server's own key, each bound to the place where it is kept.

A sealed secret is `v1.<key id>.<nonce>.<ciphertext>` (base64url): AES-256-GCM, the place and key id as associated data.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "flowslot.key"
_LINE = re.compile(r"flowslot-key-v1 ([A-Za-z0-9_-]{43})\n?")
_NONCE = 12


class KeyRefused(Exception):
    """The key file is missing, damaged, readable by others, or not the one this database was sealed with."""


class SealBroken(Exception):
    """A sealed secret was changed, moved to another place, or sealed with another key."""


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    check: str
    cipher: AESGCM


class FileVault:
    """The Vault port with its key in a file. Call `check` at start; only that ever makes a key."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / KEY_FILE
        self._key: _Key | None = None

    def check(self, known: str | None) -> str:
        """The key check value, to be kept with the database; `known` is the kept one, None before the first start.

        Makes the key when nothing is known and there is none. Raises KeyRefused when it is not the known one.
        """
        if known is None and not self._file.exists():
            _write_new(self._file)
        found = self._loaded().check
        if known is not None and not hmac.compare_digest(found.encode(), known.encode()):
            raise KeyRefused(
                f"{self._file} is not the key that this database's secrets are sealed with. "
                "Put the right key file back (from your backup), or start with an empty database."
            )
        return found

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """The secret, encrypted for one place."""
        key = self._loaded()
        nonce = os.urandom(_NONCE)
        box = key.cipher.encrypt(nonce, plain, _bound(place, key.id))
        return b".".join((b"v1", key.id.encode(), _text(nonce), _text(box)))

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """The secret that was sealed for this place. Raises SealBroken when it was not, or was touched since."""
        from cryptography.exceptions import InvalidTag

        key = self._loaded()
        parts = sealed.split(b".")
        if len(parts) != 4 or parts[0] != b"v1":
            raise SealBroken("This is not a sealed secret.")
        if parts[1] != key.id.encode():
            raise SealBroken("The secret is sealed with another key.")
        try:
            return key.cipher.decrypt(_raw(parts[2]), _raw(parts[3]), _bound(place, key.id))
        except (InvalidTag, ValueError):
            raise SealBroken("The sealed secret was changed or belongs to another place.") from None

    def _loaded(self) -> _Key:
        if self._key is None:
            self._key = _read(self._file)
        return self._key


def _read(file: Path) -> _Key:
    try:
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o027:
            raise KeyRefused(f"{file} can be read or changed by other users. Make it yours alone: chmod 600 {file}")
        return _key_from(file.read_text("ascii"))
    except FileNotFoundError:
        raise KeyRefused(
            f"{file} is missing, and this database has secrets sealed with it. Put the key file back (from your "
            "backup); without it these secrets are lost. A new key is made only for an empty database."
        ) from None
    except ValueError:
        raise KeyRefused(f"{file} is damaged. Put the key file back from your backup.") from None
    except OSError as error:
        raise KeyRefused(f"{file} cannot be read: {error.strerror}.") from None


def _key_from(text: str) -> _Key:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    found = _LINE.fullmatch(text)
    if not found:
        raise ValueError("not a key file")
    key = _raw(found[1].encode())
    check = hmac.digest(key, b"flowslot key check", hashlib.sha256).hex()
    return _Key(check[:8], f"v1.{check}", AESGCM(key))


def _write_new(file: Path) -> None:
    """Appears whole or not at all, and never replaces a key that another process made first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(b"flowslot-key-v1 " + _text(secrets.token_bytes(32)) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        _put_in_place(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, file: Path) -> None:
    try:
        os.link(temporary, file)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not file.exists():
            os.rename(temporary, file)
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _bound(place: str, key: str) -> bytes:
    return f"{key}|{place}".encode()


def _text(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def _raw(text: bytes) -> bytes:
    raw = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    if _text(raw) != text:  # one spelling only, so that a sealed secret cannot be altered and still open
        raise ValueError("not base64url")
    return raw
