"""Datasets as files: `FORMATS[name].write(table, file)`. Rows go out one by one; nothing in them becomes a formula."""
