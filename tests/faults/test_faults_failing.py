"""Calls to the system that fail on the write path; the long proof is `python -m tests.proof.failing`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

EVERY = 61
"""Every so-many-th call, in each way in turn."""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full (Linux)")
def test_whatever_call_fails_nothing_is_torn_and_a_sentence_says_what_it_was(tmp_path: Path, page_assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.proof.failing import prove
    from tests.proof.supervised import missing

    if not missing():
        pytest.skip("the same calls, and those of libraries, are failed in the kernel here: test_faults_beneath")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    proof = prove(tmp_path, EVERY, first=5)

    assert proof.torn == []
    assert proof.ended["faults"] >= 6 and proof.ended["said"] >= 2
