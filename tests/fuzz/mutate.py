"""Damage a file as transfer, editors and malice do; the same numbers give the same damage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Rng = np.random.Generator


def _flip(data: bytearray, rng: Rng) -> bytearray:
    data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    return data


def _byte(data: bytearray, rng: Rng) -> bytearray:
    data[int(rng.integers(len(data)))] = int(rng.integers(256))
    return data


def _digit(data: bytearray, rng: Rng) -> bytearray:
    """Change one digit to another, as a slip of the hand does; a byte where the file has none."""
    digits = np.flatnonzero((np.frombuffer(bytes(data), np.uint8) - np.uint8(48)) < 10)
    if not len(digits):
        return _byte(data, rng)
    data[int(rng.choice(digits))] = 48 + int(rng.integers(10))
    return data


def _span(data: bytearray, rng: Rng, longest: int = 200) -> tuple[int, int]:
    start = int(rng.integers(len(data)))
    return start, min(len(data), start + 1 + int(rng.integers(longest)))


def _cut_out(data: bytearray, rng: Rng) -> bytearray:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _twice(data: bytearray, rng: Rng) -> bytearray:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] + data[end:]


def _zeros(data: bytearray, rng: Rng) -> bytearray:
    start, end = _span(data, rng)
    data[start:end] = bytes(end - start)
    return data


def _noise(data: bytearray, rng: Rng) -> bytearray:
    start, end = _span(data, rng, 20)
    data[start:end] = rng.integers(0, 256, end - start, dtype=np.uint8).tobytes()
    return data


def _truncate(data: bytearray, rng: Rng) -> bytearray:
    return data[: int(rng.integers(len(data)))]


def _swap(data: bytearray, rng: Rng) -> bytearray:
    """Exchange two stretches of one length, as mixed-up blocks of a disk."""
    length = 1 + int(rng.integers(min(512, len(data) // 2)))
    one, other = sorted(int(rng.integers(len(data) - length)) for _ in range(2))
    if other - one < length:
        return _flip(data, rng)
    data[one:one + length], data[other:other + length] = data[other:other + length], data[one:one + length]
    return data


KINDS: tuple[Callable[[bytearray, Rng], bytearray], ...] = (_flip, _byte, _digit, _cut_out, _twice, _zeros, _noise, _truncate, _swap)


def mutate(data: bytes, rng: Rng) -> tuple[str, bytes]:
    """Return the name of the damage and the damaged bytes."""
    kind = KINDS[int(rng.integers(len(KINDS)))]
    return kind.__name__.strip("_"), bytes(kind(bytearray(data), rng))
