"""SVG files as parts of an HTML page."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
LINKS = ("href", "{http://www.w3.org/1999/xlink}href")
REFERRED = re.compile(rb"""(?:href=["']|url\()#([^"')]+)""")
LEFT_OUT = (f"{SVG}metadata", f"{SVG}style")


def inlined(picture: bytes, prefix: str, labelled_by: str) -> str:
    """An SVG element for a page that may hold others.

    Matplotlib gives all its figures the same ids, and a style sheet that would hold for the whole
    page. Ids that are referred to get a prefix, there and where they stand; others are left out
    (equal images have equal ones), and so is the sheet, as the page's own has its rule.

    Args:
        picture: an SVG file.
        prefix: of ids; no other id of the page begins with it.
        labelled_by: id of the element that says what the picture shows.

    Raises:
        ValueError: it is no SVG file.
    """
    try:
        root = ElementTree.fromstring(picture)
    except ElementTree.ParseError as error:
        raise ValueError(f"not an SVG file: {error}") from error
    for parent in root.iter():
        for child in [each for each in parent if each.tag in LEFT_OUT]:
            parent.remove(child)
    referred = {name.decode() for name in REFERRED.findall(picture)}
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)  # in HTML an <svg> needs no namespace
        attributes = dict(_attribute(*each, prefix) for each in element.attrib.items())
        if element.get("id") not in referred:
            attributes.pop("id", None)
        element.attrib = attributes
    root.attrib |= {"role": "img", "aria-labelledby": labelled_by}
    return ElementTree.tostring(root, encoding="unicode")


def _attribute(name: str, value: str, prefix: str) -> tuple[str, str]:
    if name == "id":
        return name, prefix + value
    if name in LINKS:
        # data of pictures are broken into lines
        return "href", f"#{prefix}{value[1:]}" if value[:1] == "#" else re.sub(r"\s", "", value)
    return name, value.replace("url(#", f"url(#{prefix}")
