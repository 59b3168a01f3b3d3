"""Many programmes like the demonstration, written by COPY: `manage.py bench_data --settings tests.bench.settings`.

What is copied follows from the models: every table whose rows hang on a programme or a body, by however many foreign
keys. Keys are shifted, the same for the keys that point to them; what must be unique gets the copy's number; and what
texts in JSON say of both changes with them, and their hashes.
"""
