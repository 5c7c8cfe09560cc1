"""Vector and raster tiles of a whole city: arrays in, PMTiles archives out.

Pure functions: nothing here reads sources, knows audiences or renders pages.
"""
