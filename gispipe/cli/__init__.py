"""The command line: one command per file, imported when asked for."""
