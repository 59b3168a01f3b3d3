"""Makes one picture of unknown origin anew: framed files on standard input, JSON on standard output.

A program as `foreign_files_process.py` is one, which `foreign_files.py` starts under limits.
"""

import base64
import io
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from foreign_files_process import Flaw, main

MOST_PIXELS = 80_000_000
_ORIENTATION = 0x0112


def clean_picture(content: bytes, kind: bytes) -> str:
    """The same picture in Base64, with nothing beside it: no place, no camera, no thumbnail, nothing after its end.

    `kind`: PNG, JPEG or TIFF. A JPEG keeps its tables, so it loses as good as nothing; which side is up stays.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=[kind.decode()]) as picture:
            cleaned = io.BytesIO()
            picture.save(cleaned, kind.decode(), **_options(picture, kind.decode()))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Flaw("costly") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, TypeError, EOFError) as error:
        raise Flaw("damaged") from error
    return base64.b64encode(cleaned.getvalue()).decode()


def _options(picture, kind: str) -> dict:
    from PIL import Image

    if kind == "TIFF":
        return {"save_all": True, "icc_profile": None}
    if kind == "PNG":
        return {"icc_profile": None}
    picture.load()
    options = {"quality": "keep" if picture.format == "JPEG" else 95, "comment": b"", "icc_profile": None}
    if side := picture.getexif().get(_ORIENTATION):
        exif = Image.Exif()
        exif[_ORIENTATION] = side
        options["exif"] = exif
    return options


if __name__ == "__main__":
    main(*sys.argv[1:], tasks={"clean_picture": clean_picture})
