"""Hazard cards as static files: what `gispipe lookup` answers from, cut into small files that a page asks for by place."""
