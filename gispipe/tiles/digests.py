"""Digests and boxes of a layer's parts: what decides how each is drawn, and where that can be."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from gispipe import ragged
from gispipe.tiles.attributes import Tags
from gispipe.tiles.shapes import Shapes
from gispipe.tiles.source import Source

_WORD = 8
"""Bytes of a value that are digested at a time."""


def digests(source: Source, shapes: np.ndarray) -> np.ndarray:
    """Return a digest (uint64) of every part, shape (parts,), each different: its feature's id, rank and values, and of its shape what `shapes_of` says."""
    return _told_apart(_mixed(_mixed(shapes) ^ _feature_digests(source)[source.owner]))


def shapes_of(source: Source, free: Sequence[np.ndarray]) -> np.ndarray:
    """Return a digest (uint64) of the shape of every part, shape (parts,): all its points in their order.

    ``free``: by block, which points may be simplified away (see `free_points`); with it a part's digest says all that its neighbours have to say.
    """
    out = [np.zeros(0, np.uint64)]
    for whole, outlines, may_go in zip(source.blocks, source.outlines, free, strict=True):
        shape = _shape_digests(whole, may_go)
        if outlines is not whole:
            shape += _mixed(_shape_digests(outlines, np.zeros(len(outlines.x), bool)))
        out.append(shape)
    return np.concatenate(out)


def ground(source: Source) -> bytes:
    """Return one digest (SHA-256) of the shapes of all parts together, as they fall into blocks."""
    told = hashlib.sha256(f"{source.kind} {source.zoom[1]}".encode())
    for whole, outlines in zip(source.blocks, source.outlines, strict=True):
        for one in (whole,) if outlines is whole else (whole, outlines):
            told.update(b" block")
            for column in (one.x, one.y, one.start, one.part, one.hole, one.feature):
                told.update(f" {len(column)} {column.dtype.str} ".encode())
                told.update(np.ascontiguousarray(column).data)
    return told.digest()


def boxes(source: Source) -> np.ndarray:
    """Return west, north, east and south of every part in units of the deepest zoom, shape (parts, 4) int32; west over east without a shape."""
    low, high = np.iinfo(np.int32).max, np.iinfo(np.int32).min
    found = [np.zeros((0, 4), np.int32)]
    for block in source.outlines:
        out = np.full((len(block.feature), 4), (low, low, high, high), np.int32)
        runs = np.flatnonzero(np.diff(block.start) > 0)
        start = np.append(block.start[:-1][runs], block.start[-1])
        for k, (column, take) in enumerate(((block.x, np.minimum), (block.y, np.minimum), (block.x, np.maximum), (block.y, np.maximum))):
            take.at(out[:, k], block.part[runs], ragged.ends(column, start, take))
        found.append(out)
    return np.concatenate(found)


def _feature_digests(source: Source) -> np.ndarray:
    """Return a digest of every feature's id, values, and rank; the rank of features that are never thinned says nothing."""
    out = _mixed(source.ids)
    if not source.keep:
        out += _mixed(source.rank.view(np.uint64) ^ np.uint64(1))
    values = np.append(_value_digests(source.tags), np.uint64(0))
    for k, column in enumerate(source.tags.code.T):
        out += _mixed(values[column] + np.uint64(k + 2 << 56))
    return _mixed(out)


def _shape_digests(block: Shapes, free: np.ndarray) -> np.ndarray:
    """Return a digest of every part: its points, the run they are in and their place there, and whether they may go."""
    length = np.diff(block.start)
    first = np.searchsorted(block.part, np.arange(len(block.feature)))
    ring = np.arange(len(block.part)) - first[block.part]
    at = np.arange(len(block.x)) - np.repeat(block.start[:-1], length)
    where = (free.astype(np.int64) << 62 | np.repeat(ring, length) << 32 | at).astype(np.uint64)
    point = (block.x.astype(np.int64) << 32 ^ block.y).view(np.uint64)
    runs = ragged.sums(_mixed(_mixed(point) ^ where).view(np.int64), block.start).view(np.uint64)
    out = np.zeros(len(block.feature), np.uint64)
    np.add.at(out, block.part, runs)
    return out


def _told_apart(digest: np.ndarray) -> np.ndarray:
    """Return the digests with those of parts that are the same numbered, in their order."""
    order = np.argsort(digest, kind="stable")
    new = np.append(True, digest[order][1:] != digest[order][:-1])[:len(order)]
    nth = np.arange(len(order)) - np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    out = digest.copy()
    out[order] += _mixed(nth.astype(np.uint64)) * (nth > 0)
    return out


def _value_digests(tags: Tags) -> np.ndarray:
    """Return a digest of every distinct value's bytes: eight after the other, until those of the longest are through."""
    data = np.append(tags.data, np.zeros(_WORD, np.uint8))
    words = np.ndarray(len(tags.data) + 1, "<u8", data, strides=(1,))  # the eight bytes from every place on
    at, left = tags.at[:-1], np.diff(tags.at)
    out = _mixed(left)
    these = np.flatnonzero(left > 0)
    while len(these):
        spare = np.maximum(_WORD - left[these], 0).astype(np.uint64)
        out[these] = _mixed(out[these] ^ (words[at[these]] << spare * np.uint64(8)))
        at, left = at + _WORD, left - _WORD
        these = these[left[these] > 0]
    return _mixed(out)


def _mixed(v: np.ndarray) -> np.ndarray:
    """Return well mixed numbers (uint64), different ones for different numbers (the finaliser of SplitMix64)."""
    v = v.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    v = (v ^ (v >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    v = (v ^ (v >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return v ^ (v >> np.uint64(31))
