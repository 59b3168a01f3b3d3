"""What a drawing of reports.charts has in it, and where that stands on the narrowest page."""

from dataclasses import dataclass
from xml.etree import ElementTree

from reports.charts.drawing import LETTER, NARROW, SIZE

SVG = "{http://www.w3.org/2000/svg}"


def trees(svg: str) -> list[ElementTree.Element]:
    """The drawings of a picture, of which there may be one for much room and one for little."""
    return list(ElementTree.fromstring(f"<all>{svg}</all>"))  # noqa: S314


def tree(svg: str) -> ElementTree.Element:
    (root,) = trees(svg)
    return root


def texts(svg: str) -> list[str]:
    """Those of the first drawing, as on a wide page."""
    root = trees(svg)[0]
    hidden = {text for group in root.iter() if group.get("display") for text in group.iter()}
    return [element.text for element in root.iter(f"{SVG}text") if element not in hidden]


def areas(svg: str) -> list[ElementTree.Element]:
    """What is drawn in a colour and with an edge, without what patterns are made of."""
    return [rect for rect in trees(svg)[0].iter(f"{SVG}rect") if rect.get("stroke")]


def percent(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name).removesuffix("%"))


@dataclass(frozen=True)
class Box:
    """A text in pixels, as wide as the widest font would have it."""

    text: str
    left: float
    right: float
    middle: float


def boxes(root: ElementTree.Element, width: float = NARROW, *, hidden: str = "wide") -> list[Box]:
    """The texts of a drawing on a page of so many pixels, without those for the other width."""
    return list(_boxes(root, width, 0.0, 0.0, hidden))


def _boxes(parent: ElementTree.Element, width: float, x: float, y: float, hidden: str):
    for element in parent:
        if element.get("data-width") == hidden:
            continue
        match element.tag.removeprefix(SVG):
            case "svg":
                left, top = x + _pixels(element.get("x"), width), y + float(element.get("y"))
                yield from _boxes(element, width, left, top, hidden)
            case "text" if element.text:
                left = x + _pixels(element.get("x"), width) + float(element.get("dx", 0))
                length = len(element.text) * LETTER * SIZE
                left -= {"middle": length / 2, "end": length}.get(element.get("text-anchor"), 0)
                yield Box(element.text, left, left + length, y + float(element.get("y")) - SIZE * 0.36)
            case _:
                yield from _boxes(element, width, x, y, hidden)


def _pixels(place: str, width: float) -> float:
    return float(place.removesuffix("%")) / 100 * width if place.endswith("%") else float(place)
