"""Look through a folder of files and write a city directory ready to edit."""

from gispipe.scan.city import scan_city

__all__ = ["scan_city"]
