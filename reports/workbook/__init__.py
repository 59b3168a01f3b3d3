"""The workbook that an agency fills off-line: written, read back, compared with the report, confirmed."""
