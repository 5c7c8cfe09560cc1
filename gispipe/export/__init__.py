"""A finished release → the same content in another form, for places a release itself does not suit."""

from gispipe.export.site import Exported, export_site

__all__ = ["Exported", "export_site"]
