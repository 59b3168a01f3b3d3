"""`make look`: pictures of every page in three languages, on a desk, on a phone and in the dark, and what is wrong.

python -m tests.look [--page NAME]… [--language kk|ru|en]… [--who USERNAME]… [--into FOLDER] [--no-pictures]
                     [--publish]

The pictures, `index.html` that shows them side by side and `found.md` go into build/look/. `--publish` puts the table
into docs/accessibility.md too.
"""

import argparse
import os
import sys
from pathlib import Path

import django

from ..bench.page import machine, put_into_page
from . import gallery
from .looking import LANGUAGES, look
from .pages import PAGES
from .portal import ROOT


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    # For the addresses of pages; the portal itself runs in processes of its own.
    os.environ |= {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    django.setup()
    pages = [
        page
        for page in PAGES
        if (not options.page or page.url in options.page) and (not options.who or page.who in options.who)
    ]
    if not pages:
        sys.exit("No such page: see tests/look/pages.py.")
    options.into.mkdir(parents=True, exist_ok=True)
    looks = look(pages, options.language or LANGUAGES, options.into, pictures=not options.no_pictures)
    if not options.no_pictures:
        gallery.write(options.into / "index.html", looks)
    table = gallery.table(looks)
    (options.into / "found.md").write_text(f"{table}\n\n{gallery.details(looks)}\n", encoding="utf-8")
    if options.publish:
        put_into_page(ROOT / "docs" / "accessibility.md", "make look", f"{machine()}\n\n{table}")
    wrong = gallery.details(looks)
    print(wrong or f"{len(looks)} looks at {len(pages)} pages: nothing is wrong.")
    return 1 if wrong else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make look")
    parser.add_argument("--page", action="append", help="name of the URL, such as map; again for more")
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--who", action="append", help="only what this account looks at")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "look")
    parser.add_argument("--no-pictures", action="store_true", help="only what is wrong")
    parser.add_argument("--publish", action="store_true", help="put the table into docs/accessibility.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
