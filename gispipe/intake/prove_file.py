"""Prove one file well-formed XML without a DTD and take its SHA-256; a program of its own that imports nothing of the package.

Ends with 0 and prints the digest when it is; with anything else when it is not or could not be told.
"""

from __future__ import annotations

import hashlib
import os
import sys
from xml.parsers import expat


def main(path: str) -> None:
    """Parse the file, print its digest and end."""
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = lambda *_: os._exit(2)
    with open(path, "rb") as file:
        data = file.read()
    parser.Parse(data, True)
    print(hashlib.sha256(data).hexdigest())


if __name__ == "__main__":
    main(sys.argv[1])
