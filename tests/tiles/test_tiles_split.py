"""Fields that are found by following all chains at once are those a reader finds one after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.tiles import varint, wire
from gispipe.tiles.split import FEATURE, VALUE, Chains

FIELDS = {2: wire.BYTES, 4: wire.BYTES}
CONTENT = st.binary(max_size=20) | st.sampled_from([b"\x22\x03" * 9, b"\x12\x00", b"\x22\x80\x01" * 50, bytes(130), bytes(20_000)])


def fields(one: list[tuple[int, bytes]]) -> bytes:
    return b"".join(bytes([tag]) + varint.one(len(content)) + content for tag, content in one)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([FEATURE, VALUE]), CONTENT), max_size=60), st.binary(max_size=9), st.binary(max_size=9))
def test_a_chain_holds_the_fields_one_after_the_other(given_fields: list[tuple[int, bytes]], before: bytes, behind: bytes) -> None:
    data = before + fields(given_fields) + behind
    chains = Chains.of(np.frombuffer(data, np.uint8))
    at, found, stop = len(before), [], len(data) - len(behind)
    while at < stop:
        run = chains.number(at)
        if run >= 0 and chains.stop[run] <= stop:
            these = chains.fields([run])
            found += zip(chains.value[these].tolist(), chains.body[these].tolist(), chains.end[these].tolist(), strict=True)
            at = int(chains.stop[run])
            continue
        number, start, end, at = wire.field(data, at, stop, FIELDS, "a layer")  # longer than a chain holds, or the bytes behind go on like fields
        found.append((number == 4, start, end))
    assert [(VALUE if value else FEATURE, data[a:b]) for value, a, b in found] == given_fields


@given(st.binary(max_size=200))
def test_any_bytes_give_places_within_them(data: bytes) -> None:
    chains = Chains.of(np.frombuffer(data, np.uint8))
    assert (chains.end <= len(data)).all() and (chains.body > chains.at + 1).all() and (chains.stop >= chains.end).all() and (np.diff(chains.at) > 0).all()
    assert chains.fields(list(range(len(chains.at)))).tolist() == list(range(len(chains.at)))
    assert chains.number(len(data)) == -1


def test_a_long_chain_is_whole_and_two_do_not_mix() -> None:
    one, other = fields([(VALUE, b"\x0a\x01a")] * 5000), fields([(FEATURE, b"\x22\x01" * 3)] * 300)
    data = one + b"\x1a\x01k" + other
    chains = Chains.of(np.frombuffer(data, np.uint8))
    first, second = chains.number(0), chains.number(len(one) + 3)
    assert chains.stop[first] == len(one) and chains.stop[second] == len(data)
    assert len(chains.fields([first])) == 5000 and len(chains.fields([second])) == 300 and len(chains.fields([first, second])) == 5300
