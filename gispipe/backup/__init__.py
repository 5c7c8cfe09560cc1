"""A second copy of a city: every file under the digest of its bytes, and lists of what was where at a time. A copy is never changed, only added to."""
