"""The last look before anything goes out: every finished artefact is opened; names and strings are compared."""

from gispipe.gate.inspect import inspect_record, inspect_release
from gispipe.gate.opened import inspect_store
from gispipe.gate.secrets import compare_values

__all__ = ["compare_values", "inspect_record", "inspect_release", "inspect_store"]
