"""A page of text for every town: its hazard card and the answers of its addresses and lots, readable without a map and without a script."""
