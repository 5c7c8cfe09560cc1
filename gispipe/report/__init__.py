"""What a run found, as JSON for machines and as a page a clerk can read."""

from gispipe.report.page import write_report

__all__ = ["write_report"]
