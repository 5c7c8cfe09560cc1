"""One rule, one file, one code, one sentence, one counterexample. Numbers are never reused; new rules are added."""

from gispipe.checks import (
    gp01_crs_present,
    gp02_crs_plausible,
    gp03_encoding,
    gp04_gaiji,
    gp05_identifier_form,
    gp06_lost_zeros,
    gp07_registry_key,
    gp08_unknown_code,
    gp11_null_geometry,
    gp12_invalid_geometry,
    gp13_duplicate_geometry,
    gp14_finite,
    gp15_outside_city,
    gp16_geometry_kind,
    gp17_empty_layer,
    gp18_coverage,
    gp19_unplaced,
    gp20_too_large,
    gp21_ragged_row,
    gp22_blank_row,
    gp23_shifted_columns,
    gp24_not_whole,
    gp25_control_characters,
    gp30_type,
    gp31_value_list,
    gp32_required,
    gp33_pattern,
    gp34_unique_key,
    gp35_no_class,
    gp36_edge_mismatch,
    gp37_depth_words,
)
from gispipe.checks.rule import Found, Rule, Subject

RULES: tuple[Rule, ...] = tuple(module.RULE for module in (
    gp01_crs_present, gp02_crs_plausible, gp03_encoding, gp04_gaiji, gp05_identifier_form, gp06_lost_zeros, gp07_registry_key,
    gp08_unknown_code, gp11_null_geometry, gp12_invalid_geometry, gp13_duplicate_geometry, gp14_finite, gp15_outside_city,
    gp16_geometry_kind, gp17_empty_layer, gp18_coverage, gp19_unplaced, gp20_too_large, gp21_ragged_row, gp22_blank_row, gp23_shifted_columns, gp24_not_whole,
    gp25_control_characters, gp30_type, gp31_value_list,
    gp32_required, gp33_pattern, gp34_unique_key, gp35_no_class, gp36_edge_mismatch, gp37_depth_words,
))

__all__ = ["RULES", "Found", "Rule", "Subject"]
