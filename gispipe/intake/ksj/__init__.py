"""国土数値情報 (KSJ): shapefile, GeoJSON or GML with geometry by reference; codes with their meanings beside them."""

from gispipe.intake.ksj.reader import list_classes, read_ksj

__all__ = ["list_classes", "read_ksj"]
