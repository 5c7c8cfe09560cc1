"""Key joins, hazards by place, nearest places: arrays in, arrays out.

Nothing is loaded here: whoever needs the rules of hazard zones alone takes `joins.zones` without all that joins tables.
"""
