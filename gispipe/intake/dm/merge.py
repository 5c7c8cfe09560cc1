from __future__ import annotations
def merge_sheets(delivered, source):
    return delivered
