"""`make bench`: all parts one after the other, or one of them with its own options.

python -m tests.bench [consolidated | exporting | importing | pages [OPTIONS]]
"""

import sys

from ..look import speed
from . import consolidated, exporting, importing

PARTS = {
    "consolidated": consolidated.main,
    "exporting": exporting.main,
    "importing": importing.main,
    "pages": speed.main,
}

if __name__ == "__main__":
    part, *options = sys.argv[1:] or [""]
    if part in PARTS:
        PARTS[part](options)
    elif part:
        sys.exit(f"{__doc__}\nThere is no part {part}.")
    else:
        for run in PARTS.values():
            run([])
