"""Named arrays in one file that is mapped into memory and not read: opening costs the same for a village and a prefecture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.finished import finished

MAGIC = b"gispipe arrays 1\n"
ALIGN = 64


def save_arrays(path: Path, arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any] | None = None) -> None:
    """Write arrays of numbers and a small JSON document; the same content gives the same bytes. Replaces `path` in one step."""
    plain = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    listed, at = [], 0
    for name, values in plain.items():
        listed.append({"name": name, "type": values.dtype.newbyteorder("<").str, "shape": list(values.shape), "at": at})
        at += -(-values.nbytes // ALIGN) * ALIGN
    head = json.dumps({"arrays": listed, "facts": facts or {}}, ensure_ascii=False, sort_keys=True).encode()
    head += b" " * (-(len(MAGIC) + 8 + len(head)) % ALIGN)
    with finished(path) as draft, draft.open("wb") as file:
        file.write(MAGIC + len(head).to_bytes(8, "little") + head)
        for values in plain.values():
            file.write(values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes())
            file.write(b"\0" * (-values.nbytes % ALIGN))


def open_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the arrays, mapped read-only, and the document; raises FileNotFoundError, or ValueError for another file."""
    whole = np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
    start = len(MAGIC) + 8
    if whole[:len(MAGIC)].tobytes() != MAGIC:
        raise ValueError(f"{path.name} is not a file of arrays")
    size = int.from_bytes(whole[len(MAGIC):start].tobytes(), "little")
    head = json.loads(whole[start:start + size].tobytes())
    body = whole[start + size:]
    try:
        return {one["name"]: _array(body, one) for one in head["arrays"]}, head["facts"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not a file of arrays") from error


def _array(body: np.ndarray, one: Mapping[str, Any]) -> np.ndarray:
    kind = np.dtype(one["type"])
    count = int(np.prod(one["shape"], dtype=np.int64))
    return body[one["at"]:one["at"] + count * kind.itemsize].view(kind).reshape(one["shape"])
