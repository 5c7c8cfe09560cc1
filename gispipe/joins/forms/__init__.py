"""How keys are compared: as text, as lot numbers, as whole addresses, as identifiers. The layer file says which."""

from gispipe.joins.forms.keys import PART, Comparison, Keys, joined, keys_of_both

__all__ = ["PART", "Comparison", "Keys", "joined", "keys_of_both"]
