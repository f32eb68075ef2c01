"""SVG files as parts of a page."""

from xml.etree import ElementTree

import pytest

from zslcore.report.inlined import inlined

FILE = b"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="9pt" viewBox="0 0 9 9">
 <metadata><x/></metadata>
 <defs><style>*{fill: red}</style><path id="m" d="M 0 0
L 1 1"/><clipPath id="c"><rect width="1"/></clipPath></defs>
 <g id="nobody" clip-path="url(#c)" style="fill: none; clip-path: url(#c)">
  <use xlink:href="#m" x="1"/><use href="#m"/><image xlink:href="data:image/png;base64,
iVBO
Rw0="/>
  <text>a &lt; b</text>
 </g>
</svg>
"""


@pytest.fixture
def root():
    return ElementTree.fromstring(inlined(FILE, "b7.", "b7.caption"))


def test_ids_get_the_prefix_wherever_they_are_referred_to(root):
    assert root.find("defs/path").get("id") == "b7.m"
    assert [each.get("href") for each in root.iter("use")] == ["#b7.m", "#b7.m"]
    assert root.find("defs/clipPath").get("id") == "b7.c"
    group = root.find("g")
    assert group.get("clip-path") == "url(#b7.c)"
    assert group.get("style") == "fill: none; clip-path: url(#b7.c)"


def test_ids_that_nobody_refers_to_are_left_out(root):
    assert root.find("g").get("id") is None


def test_data_of_pictures_are_in_one_line(root):
    assert root.find("g/image").get("href") == "data:image/png;base64,iVBORw0="


def test_style_sheet_and_metadata_are_left_out_and_nothing_else(root):
    tags = [each.tag for each in root.iter()]
    assert tags == [
        *("svg", "defs", "path", "clipPath", "rect", "g", "use", "use", "image", "text"),
    ]
    assert root.find("defs/path").get("d") == "M 0 0 L 1 1"
    assert root.find("g/text").text == "a < b"


def test_the_element_has_a_name_and_keeps_its_size(root):
    assert root.attrib == {
        **{"width": "9pt", "viewBox": "0 0 9 9"},
        **{"role": "img", "aria-labelledby": "b7.caption"},
    }


def test_it_is_html_without_namespaces_or_declarations():
    text = inlined(FILE, "b7.", "b7.caption")
    assert text.startswith("<svg ")
    assert "xmlns" not in text
    assert "xlink" not in text
    assert "a &lt; b" in text


@pytest.mark.parametrize("broken", [b"", b"<svg>", b"a picture"])
def test_what_is_no_svg_is_an_error(broken):
    with pytest.raises(ValueError, match="not an SVG file"):
        inlined(broken, "b7.", "b7.caption")
