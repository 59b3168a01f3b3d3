"""Backups: the whole database and all files in one archive, encrypted by setting, and back again.

`sealing` encrypts, `archive` is the layout of the file, `rows` takes tables apart and puts them together, `making` and
`restoring` use them. Tables go through the models and not through the database's own tools: a backup of PostgreSQL can
be restored into SQLite and the other way round, and one of an older version into a newer one, which then migrates it.
"""
