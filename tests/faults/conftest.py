"""The city in its second year, as for refreshes."""

from tests.refresh.conftest import city, second_year  # noqa: F401
