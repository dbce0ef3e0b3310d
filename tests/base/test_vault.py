"""The vault: secrets open only where they were sealed, with the key they were sealed with, and untouched."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flowslot.base.vault import KEY_FILE, FileVault, KeyRefused, SealBroken

PLACE = "connection/ws_1/con_1"


def started(folder: Path) -> FileVault:
    vault = FileVault(folder)
    vault.check(None)
    return vault


def test_a_secret_opens_where_it_was_sealed(tmp_path: Path) -> None:
    sealed = started(tmp_path).seal("s3cret ü".encode(), place=PLACE)
    assert FileVault(tmp_path).open(sealed, place=PLACE) == "s3cret ü".encode()
    assert b"s3cret" not in sealed


def test_a_sealed_secret_names_its_format_and_key_and_is_new_each_time(tmp_path: Path) -> None:
    vault = started(tmp_path)
    first, second = (vault.seal(b"same", place=PLACE) for _ in range(2))
    version, key, nonce, box = first.split(b".")
    assert (version, len(key), len(nonce), len(box)) == (b"v1", 8, 16, 27)
    assert first != second
    assert second.startswith(b"v1." + key)


@pytest.mark.parametrize("place", ["connection/ws_2/con_1", "connection/ws_1/con_2", "", "registration/reg_1/webhook"])
def test_a_secret_moved_to_another_place_does_not_open(tmp_path: Path, place: str) -> None:
    vault = started(tmp_path)
    with pytest.raises(SealBroken, match="changed or belongs to another place"):
        vault.open(vault.seal(b"secret", place=PLACE), place=place)


def test_a_secret_with_any_byte_changed_does_not_open(tmp_path: Path) -> None:
    vault = started(tmp_path)
    sealed = vault.seal(b"secret", place=PLACE)
    for index in range(len(sealed)):
        for change in (1, 2, 16, 128):
            touched = bytearray(sealed)
            touched[index] ^= change
            with pytest.raises(SealBroken):
                vault.open(bytes(touched), place=PLACE)


def test_a_secret_that_is_cut_or_longer_does_not_open(tmp_path: Path) -> None:
    vault = started(tmp_path)
    sealed = vault.seal(b"secret", place=PLACE)
    for broken in (b"", b"v1", sealed[:-1], sealed + b"A", sealed + b"=", sealed + b".", sealed + b"\n", b"x" + sealed):
        with pytest.raises(SealBroken):
            vault.open(broken, place=PLACE)


def test_a_secret_sealed_with_another_key_does_not_open(tmp_path: Path) -> None:
    mine, other = started(tmp_path / "mine"), started(tmp_path / "other")
    with pytest.raises(SealBroken, match="another key"):
        mine.open(other.seal(b"secret", place=PLACE), place=PLACE)


def test_the_key_is_made_at_the_first_start_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    check = FileVault(folder).check(None)
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert os.listdir(folder) == [KEY_FILE]
    assert FileVault(folder).check(check) == check
    assert FileVault(folder).check(None) == check
    assert (folder / KEY_FILE).read_text().split()[1] not in check


def test_a_missing_key_is_never_made_again(tmp_path: Path) -> None:
    check = FileVault(tmp_path).check(None)
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(KeyRefused, match="is missing") as refused:
        FileVault(tmp_path).check(check)
    assert "backup" in str(refused.value)
    for use in (lambda: FileVault(tmp_path).seal(b"", place=""), lambda: FileVault(tmp_path).open(b"", place="")):
        with pytest.raises(KeyRefused, match="is missing"):
            use()
    assert os.listdir(tmp_path) == []


def test_a_wrong_key_is_refused(tmp_path: Path) -> None:
    known = FileVault(tmp_path / "mine").check(None)
    other = tmp_path / "other"
    FileVault(other).check(None)
    before = (other / KEY_FILE).read_bytes()
    with pytest.raises(KeyRefused, match="is not the key"):
        FileVault(other).check(known)
    assert (other / KEY_FILE).read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"x", b"flowslot-key-v1 short\n", b"flowslot-key-v1 " + b"B" * 43, b"\xff\xfe"]
)
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(KeyRefused, match="is damaged"):
        FileVault(tmp_path).check(None)
    assert (tmp_path / KEY_FILE).read_bytes() == content


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o644, 0o666])
def test_a_key_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    started(tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(KeyRefused, match="chmod 600"):
        FileVault(tmp_path).check(None)


def test_two_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        checks = set(threads.map(lambda _: FileVault(tmp_path).check(None), range(8)))
    assert len(checks) == 1
    assert os.listdir(tmp_path) == [KEY_FILE]


def test_a_crash_while_the_key_is_written_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk is full"):
        FileVault(tmp_path).check(None)
    assert os.listdir(tmp_path) == []
