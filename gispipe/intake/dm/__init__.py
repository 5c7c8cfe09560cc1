"""DM (数値地形図データファイル): the map sheets of public surveys, read exactly and put together seamlessly."""

from gispipe.intake.dm.inventory import list_classes
from gispipe.intake.dm.merge import merge_sheets
from gispipe.intake.dm.read import read_dm

__all__ = ["list_classes", "merge_sheets", "read_dm"]
