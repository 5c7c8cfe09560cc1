"""Protocol-buffer integers in bulk: varints and zigzag (MVT 2.1 §4.3.2, PMTiles v3 §4)."""

from __future__ import annotations

import numpy as np


def zigzag(values: np.ndarray) -> np.ndarray:
    """Map signed integers to unsigned ones of the same width with small magnitudes first: 0, -1, 1, -2 … → 0, 1, 2, 3 …"""
    return ((values << 1) ^ (values >> (8 * values.itemsize - 1))).view(f"u{values.itemsize}")


def unzigzag(values: np.ndarray) -> np.ndarray:
    """Undo `zigzag`: uint64 to int64."""
    return (values >> np.uint64(1)).view(np.int64) ^ -(values & np.uint64(1)).view(np.int64)


def sizes(values: np.ndarray) -> np.ndarray:
    """Return the number of bytes (1–10) of every non-negative integer as int64."""
    out = np.ones(len(values), np.int64)
    top = int(values.max()) if len(values) else 0
    bits = 7
    while bits < 64 and top >> bits:
        out += values >= values.dtype.type(1 << bits)
        bits += 7
    return out


PAIR = 14
"""Bits that two bytes of a varint hold."""
VOID = 0xFF00
"""A word that gives no byte: no varint has a first byte below 0x80 and another behind it."""


def words(values: np.ndarray, count: int) -> np.ndarray:
    """Return non-negative integers of shape (n,) below 2**(14·count) as words (uint16) of shape (n, count), two bytes of a varint each.

    A word with a first byte below 0x80 stands for that byte alone.
    """
    out = np.empty((len(values), count), np.uint16)
    for k in range(count):
        rest = values >> values.dtype.type(PAIR * k) if k else values
        part = (rest & rest.dtype.type((1 << PAIR) - 1)).astype(np.uint16)
        word = (part & 0x7F) | (part >> 7 << 8) | (part > 0x7F).astype(np.uint16) << 7
        if k + 1 < count:
            word = np.where(rest >> rest.dtype.type(PAIR), word | 0x8080, word)
        out[:, k] = np.where(rest, word, VOID) if k else word
    return out


def short(values: np.ndarray) -> np.ndarray:
    """Return uint16 below 2**14 as words, one each."""
    out = values >> 7
    out <<= 8
    out |= values & 0x7F
    out |= (values > 0x7F).astype(np.uint16) << 7
    return out


def pressed(words: np.ndarray) -> np.ndarray:
    """Return the bytes (uint8) of words of shape (n,), one after the other."""
    there = np.empty((len(words), 2), bool)
    np.not_equal(words, VOID, out=there[:, 0])
    np.not_equal(words & 0x80, 0, out=there[:, 1])
    return words.astype("<u2", copy=False).view(np.uint8)[np.flatnonzero(there)]


def slots(top: int) -> int:
    """Return how many words the integers up to ``top`` need."""
    return max(-(-int(top).bit_length() // PAIR), 1)


def encode(values: np.ndarray) -> np.ndarray:
    """Write uint64 values of shape (n,) as varints one after the other: uint8 of shape (sum of sizes,)."""
    return pressed(words(values, slots(values.max(initial=0))).ravel())


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
