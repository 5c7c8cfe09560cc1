"""Addresses: what a person writes, read as a town, a house number, a lot or a facility of one city's register."""

from __future__ import annotations

from gispipe.address.answers import search
from gispipe.address.entries import CityName, Entry, Found, Hit
from gispipe.address.normal import Reading, normalise, town_key
from gispipe.address.numbers import lot_key, number_key
from gispipe.address.opened import Register
from gispipe.address.register import KINDS, begin_register, finish_register, move_numbers, put_register, write_columns, write_register

__all__ = ["KINDS", "CityName", "Entry", "Found", "Hit", "Reading", "Register", "begin_register", "finish_register", "lot_key", "move_numbers", "normalise", "number_key", "put_register",
           "search", "town_key", "write_columns", "write_register"]
