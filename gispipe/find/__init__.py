"""The search files of a release: the register and what else has a name, cut so that a page fetches little to answer."""
