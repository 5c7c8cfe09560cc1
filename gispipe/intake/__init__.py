"""The untrusted edge: from a layer's declared source to a table as delivered."""

from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.sandbox import Readers, readers
from gispipe.intake.source import read_source, source_files

__all__ = ["Delivered", "Note", "Readers", "SourceFile", "read_source", "readers", "source_files"]
