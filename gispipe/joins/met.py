"""Which rows of both sides of a join by key met, kept from run to run: when no key of either side changed, none is read and compared again."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from gispipe.arrow import plain
from gispipe.joins.forms import Comparison
from gispipe.joins.result import Unmet
from gispipe.shelf import key_of
from gispipe.words import Words

Content = Callable[[str, str, Callable[[], bytes]], bytes]
"""Give what was kept under a name when its key is the same, else have it made: as `Shelf.content` does."""
_PROGRAMS = ("joins", "address", "words.py")


def made(name: str, key: str, make: Callable[[], bytes]) -> bytes:
    """Keep nothing."""
    return make()


@dataclass(frozen=True)
class Met:
    """row: for every row of the left the one of the right that it met, -1 for none; the rest as of `Joined`."""

    row: np.ndarray
    counts: dict[str, int]
    unmatched: tuple[Unmet, ...]
    left_over: tuple[Unmet, ...]
    reasons: dict[str, int]
    spare_reasons: dict[str, int]

    def packed(self) -> bytes:
        """Return it as one run of bytes."""
        told = {"counts": self.counts, "unmatched": [asdict(one) for one in self.unmatched], "left_over": [asdict(one) for one in self.left_over],
                "reasons": self.reasons, "spare_reasons": self.spare_reasons}
        out = io.BytesIO()
        np.savez(out, row=self.row, told=np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), np.uint8))
        return out.getvalue()

    @classmethod
    def unpacked(cls, content: bytes) -> Met:
        """Return what `packed` packed."""
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            row, told = held["row"], json.loads(held["told"].tobytes())
        return cls(row, told["counts"], _rows(told["unmatched"]), _rows(told["left_over"]), told["reasons"], told["spare_reasons"])


def _rows(told: list[dict]) -> tuple[Unmet, ...]:
    return tuple(Unmet(**{**one, "words": Words(**one["words"])}) for one in told)


def key_of_join(left: pd.DataFrame, right: pd.DataFrame, on: Sequence[str], place: np.ndarray | None, how: Comparison, one_to_one: bool, named: np.ndarray | None) -> str | None:
    """Return a digest of all that decides which rows meet and what is said of the others; None for keys that are not of one kind each."""
    try:
        columns = [_digest(pa.array(side[name], from_pandas=True)) + [str(side[name].dtype)] for side in (left, right) for name in on]
        others = [None if one is None else _digest(pa.array(one)) for one in (place, named)]
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    return key_of([len(left), len(right), list(on), columns, others, asdict(how), one_to_one], *_PROGRAMS, libraries=("numpy", "pandas", "pyarrow"))


def _digest(column: pa.Array | pa.ChunkedArray) -> list[str]:
    """Return the type of a column and a digest of its values."""
    whole = plain(pa.chunked_array([column]) if isinstance(column, pa.Array) else column)  # a column of numbered values is serialised without the values
    told = hashlib.sha256()
    for batch in pa.table([whole], names=["k"]).to_batches():
        told.update(batch.serialize())
    return [str(whole.type), told.hexdigest()]
