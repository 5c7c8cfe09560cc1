"""Store → a gated draft → a release."""
