"""The published vault files, through the app and through docs/decrypt.py."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from vault_vectors import Vector, all_vectors

from watchword.errors import VaultDamaged, WrongPassword
from watchword.vault import ContentsDamaged, LockedVault, VaultNewer, file_format, payload
from watchword.vault.loaded import load_with_slot
from watchword.vault.recovery_key import read as read_recovery_key
from watchword.vault.slots import open_with_password
from watchword.vault.strict_json import canonical

ROOT = Path(__file__).resolve().parents[3]
VECTORS = all_vectors()
EXIT = {"opens": 0, "wrong password": 3, "newer": 1, "damaged": 4}


def decrypt_program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("decrypt", ROOT / "docs" / "decrypt.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DECRYPT = decrypt_program()


def test_there_are_at_least_200() -> None:
    assert len(VECTORS) >= 200
    assert {vector.expect for vector in VECTORS} == {*EXIT, "contents damaged"}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_the_app_says_what_is_expected(vector: Vector, tmp_path: Path) -> None:
    path = tmp_path / "vault"
    path.write_bytes(vector.data)

    def opened() -> Any:
        if key := vector.head.get("recovery-key"):
            return LockedVault(path).unlock_with_recovery_key(key)
        return LockedVault(path).unlock(vector.head["password"])

    if vector.expect == "opens":
        assert len(opened().accounts) == int(vector.head["accounts"])
    else:
        expected = {
            "wrong password": WrongPassword,
            "newer": VaultNewer,
            "damaged": VaultDamaged,
            "contents damaged": ContentsDamaged,
        }[vector.expect]
        with pytest.raises(expected) as caught:
            opened()
        assert isinstance(caught.value, ContentsDamaged) == (vector.expect == "contents damaged")
    assert path.read_bytes() == vector.data


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_decrypt_py_agrees(vector: Vector) -> None:
    kind = "recovery" if "recovery-key" in vector.head else "password"
    typed = vector.head.get("recovery-key") or vector.head.get("password", "")
    try:
        _, contents = DECRYPT.read(vector.data, typed, kind)
    except DECRYPT.Stop as stop:
        status = stop.status
    else:
        status = 0
        if vector.expect == "opens":
            assert hashlib.sha256(canonical(contents)).hexdigest() == vector.head["contents"]
    assert status in ({0, 4} if vector.expect == "contents damaged" else {EXIT[vector.expect]})


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v.expect == "opens"], ids=lambda vector: vector.name
)
def test_nothing_is_lost_by_reading_and_writing(vector: Vector) -> None:
    if key := vector.head.get("recovery-key"):
        state = load_with_slot(vector.data, "recovery", read_recovery_key(key))
    else:
        state = open_with_password(vector.data, vector.head["password"])
    written = json.loads(payload.encode(state.contents))
    assert hashlib.sha256(canonical(written)).hexdigest() == vector.head["contents"]
    again = file_format.build(state.header, state.ring.vault_key, payload.encode(state.contents))
    assert file_format.parse(again).header == state.header


def test_decrypt_py_as_a_program(tmp_path: Path) -> None:
    vector = next(v for v in VECTORS if v.name == "opens-one")
    path = tmp_path / "vault"

    def run(data: bytes, password: str) -> subprocess.CompletedProcess[str]:
        path.write_bytes(data)
        return subprocess.run(
            [sys.executable, str(ROOT / "docs" / "decrypt.py"), str(path)],
            input=password + "\n",
            capture_output=True,
            text=True,
            check=False,
        )

    good = run(vector.data, vector.head["password"])
    assert json.loads(good.stdout)["payload"]["accounts"][0]["issuer"] == "Example"
    assert run(vector.data, "wrong").returncode == 3
    assert run(vector.data[:-1], "wrong").returncode == 4
