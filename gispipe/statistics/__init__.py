"""Statistics of hazards by 町丁目, school district and city, from one audience's store: tables and charts for the yearly report."""
