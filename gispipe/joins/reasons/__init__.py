"""Why a row found nothing: the likely reason, and what it may have been meant to meet."""

from gispipe.joins.reasons.explain import LISTED, unmet
from gispipe.joins.reasons.side import Coarse, Side
from gispipe.joins.reasons.words import REASONS, Reason

__all__ = ["LISTED", "REASONS", "Coarse", "Reason", "Side", "unmet"]
