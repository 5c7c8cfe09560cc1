"""Last year against this year: what came, went, changed and stayed, exact both ways."""
