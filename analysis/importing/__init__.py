"""Bulk import by coordinators: agencies, users, activities, budget lines, indicators. All of a file or nothing of it.

`columns` and `resource` are what all kinds share, `bodies` and `plan` the kinds; `reading` opens a file, `running`
checks it and writes it, `files` writes templates and what is there now.
"""

from .kinds import KINDS
from .running import begin, confirm, run_check, run_import

__all__ = ["KINDS", "begin", "confirm", "run_check", "run_import"]
