"""Writes tests/vectors/protocol/*.json, the same bytes every time: `python tests/helpers/protocol_vectors.py`.

What is in them, and how another implementation runs them: docs/protocol.md §14.
"""

import json
from pathlib import Path
from typing import Any

import protocol_edges
import protocol_tampering

FOLDER = Path(__file__).parents[1] / "vectors" / "protocol"


def vectors() -> dict[str, Any]:
    return {
        "codes": protocol_edges.codes(),
        "enrolment": protocol_edges.enrolment(),
        "http": protocol_edges.http(),
        "key_changes": protocol_edges.key_changes(),
        "links": protocol_edges.links(),
        "messages": protocol_tampering.groups(),
        "oauth": protocol_edges.oauth(),
        "origins": protocol_edges.origins(),
    }


def written(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, value in vectors().items():
        (FOLDER / f"{name}.json").write_text(written(value), "utf-8")


if __name__ == "__main__":
    main()
