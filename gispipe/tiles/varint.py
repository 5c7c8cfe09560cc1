"""Protocol-buffer integers in bulk: varints and zigzag (MVT 2.1 §4.3.2, PMTiles v3 §4)."""

from __future__ import annotations

import numpy as np


def zigzag(values: np.ndarray) -> np.ndarray:
    """Map signed int64 to uint64 with small magnitudes first: 0, -1, 1, -2 … → 0, 1, 2, 3 …"""
    return ((values << 1) ^ (values >> 63)).view(np.uint64)


def unzigzag(values: np.ndarray) -> np.ndarray:
    """Undo `zigzag`: uint64 to int64."""
    return (values >> np.uint64(1)).view(np.int64) ^ -(values & np.uint64(1)).view(np.int64)


def sizes(values: np.ndarray) -> np.ndarray:
    """Return the number of bytes (1–10) of every uint64 as int64."""
    out = np.ones(len(values), np.int64)
    top = int(values.max()) if len(values) else 0
    bits = 7
    while bits < 64 and top >> bits:
        out += values >= np.uint64(1 << bits)
        bits += 7
    return out


def encode(values: np.ndarray, size: np.ndarray | None = None) -> np.ndarray:
    """Write uint64 values of shape (n,) as varints one after the other: uint8 of shape (sum of sizes,)."""
    size = sizes(values) if size is None else size
    at = np.cumsum(size) - size
    out = np.empty(int(size.sum()), np.uint8)
    out[at] = (values & np.uint64(0x7F)).astype(np.uint8) | ((size > 1).astype(np.uint8) << 7)
    left = np.flatnonzero(size > 1)
    step = 1
    while len(left):
        value = values[left] >> np.uint64(7 * step)
        more = size[left] > step + 1
        out[at[left] + step] = (value & np.uint64(0x7F)).astype(np.uint8) | (more.astype(np.uint8) << 7)
        left = left[more]
        step += 1
    return out


def one(value: int) -> bytes:
    """Write one non-negative integer as a varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode(data: bytes) -> np.ndarray:
    """Read a whole buffer of varints (each ≤ 10 bytes, value < 2**64) as uint64; raise ValueError when it is cut off or too long."""
    raw = np.frombuffer(data, np.uint8)
    if not len(raw):
        return np.zeros(0, np.uint64)
    if raw[-1] & 0x80:
        raise ValueError("a varint is cut off")
    last = np.flatnonzero(raw < 0x80)
    start = np.concatenate([[0], last[:-1] + 1])
    size = last - start + 1
    longest = int(size.max())
    if longest > 10 or (longest == 10 and (raw[last[size == 10]] > 1).any()):
        raise ValueError("a varint is longer than 64 bits")
    out = (raw[start] & 0x7F).astype(np.uint64)
    for step in range(1, longest):
        many = np.flatnonzero(size > step)
        out[many] |= (raw[start[many] + step] & 0x7F).astype(np.uint64) << np.uint64(7 * step)
    return out
