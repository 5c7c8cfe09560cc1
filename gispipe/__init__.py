"""Turn the files a Japanese municipality already has into a public hazard map and an internal parcel map."""

__version__ = "0.1.0"
