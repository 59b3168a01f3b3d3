"""Ready-made workbooks: the plan's money by region, direction, year and source, with what was spent."""
