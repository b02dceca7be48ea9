"""Reads tests/vectors/vault: one file, one scenario (see the README there)."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "vault"


@dataclass(frozen=True)
class Vector:
    name: str
    head: dict[str, str]
    data: bytes

    @property
    def expect(self) -> str:
        return self.head["expect"]


def all_vectors() -> list[Vector]:
    return [_read(path) for path in sorted(FOLDER.glob("*.vault"))]


def _read(path: Path) -> Vector:
    head, _, data = path.read_bytes().partition(b"\n\n")
    lines = [line.partition(": ") for line in head.decode("utf-8").split("\n")]
    return Vector(path.stem, {name: value for name, _, value in lines}, data)
