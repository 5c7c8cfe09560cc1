"""Serve a finished release over HTTP."""

from gispipe.serve.app import application, serve

__all__ = ["application", "serve"]
