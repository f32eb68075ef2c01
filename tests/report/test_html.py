"""The HTML page: whole in itself, no id twice, and every number of the Markdown page."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.figure import Figure as Drawing
from pandas import DataFrame

from zslcore.report import as_html as module
from zslcore.report.as_html import as_html
from zslcore.report.as_markdown import as_markdown
from zslcore.report.blocks import Figure, Grid, Heading, Prose
from zslcore.report.drawn import Drawn, Table
from zslcore.report.published import published
from zslcore.report.style import svg
from zslcore.report.write import write

CSS = Path(module.__file__).with_name("page.css").read_text(encoding="utf-8")
EMPTY = {"meta", "link", "br", "img", "hr", "input", "source"}  # have no end
LOADED = {"src", "srcset", "poster", "data", "action", "background", "formaction"}
EVIL = '<script>alert("x")</script>'
REMOTE = "![x](http://example.org/x.png) <img src=http://example.org/y.png>"
HEADING = re.compile(r"h[1-6]")


class Page(HTMLParser):
    """Every element with its attributes, texts and ancestors; wrong nesting is an error."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements = [], []
        self.feed(text)
        self.close()
        assert self.open == [], "an element was never closed"

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        element = {"tag": tag, "text": "", "in": tuple(self.open), **dict(attrs)}
        self.elements.append(element)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        assert any(each["tag"] == "svg" for each in self.open) or tag == "svg", tag
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, pattern):
        return [each for each in self.elements if re.fullmatch(pattern, each["tag"])]

    def ids(self):
        return [each["id"] for each in self.elements if "id" in each]

    def refers_to(self):
        """What other elements are referred to, by whatever means."""
        for each in self.elements:
            yield from each.get("aria-labelledby", "").split()
            if each.get("href", "").startswith("#"):
                yield each["href"][1:]
            for value in each.values():
                yield from re.findall(r"url\(#([^)]+)\)", value) if isinstance(value, str) else ()


def picture():
    """A figure with letters, a clipped line and a raster picture."""
    drawing = Drawing(figsize=(2, 2))
    left, right = drawing.subplots(1, 2)
    left.plot([0, 1], [0, 1])
    left.set_title("a < b & c")
    right.imshow([[0, 1], [2, 3]])
    return svg(drawing)


PICTURE = picture()


@pytest.fixture
def blocks():
    """Every sort of block, twice the same picture, names that look like tags."""
    table = DataFrame({"name": ["`a`", EVIL], "<value>": ["1.0 ± 0.1", "x" * 50]})
    tables = [
        Table("Said above.", [{"z": "1", "a": REMOTE}, {"z": "3"}]),
        Table("Said later.", [{"z": "4"}]),
    ]
    return [
        Heading(1, "Results"),
        Prose(f"- **U**, *S* and `H`\n- {EVIL}\n- {REMOTE}\n\nSee [numbers](results.csv).\n"),
        Heading(2, "cub"),
        Heading(3, "Figures"),
        Grid(f"Protocol: {EVIL}.", table),
        Figure("one.svg", Drawn(PICTURE, "Curves of *x*, " + EVIL, tables)),
        Heading(2, EVIL),
        Heading(3, "Figures"),
        Figure("two.svg", Drawn(PICTURE, "The same.")),
        Heading(3, "Figures"),
        Heading(4, "Deeper"),
        Heading(2, "<>"),
        Grid("", table),
    ]


@pytest.fixture
def page(blocks):
    return Page(as_html(blocks))


@pytest.fixture
def report(write_cell, read, tmp_path):
    """The folder of a report with rows of two settings, a figure of each kind, published numbers
    and a picture that a stage drew."""
    metrics = {f"eszsl.{name}": 0.25 for name in ("zsl.acc", "gzsl.h", "gzsl_uncalibrated.h")}
    rows = ("eszsl,{}", "m,{}")
    write_cell(
        "baselines",
        "awa1",
        metrics | {"m.zsl.acc": 0.5, "m.gzsl.h": 0.3, "m.gzsl.h_ci95": 0.01, "m.other": 2.5},
        settings={"eszsl": "inductive", "m": "transductive"},
        curve="method,unseen,seen\n" + "".join(f"{r.format('0.0,0.5')}\n" for r in rows),
        per_class="method,class,seen,images,zsl,gzsl\neszsl,<cat>,False,3,0.5,0.4\n",
        prior="method,class,true,estimated,low,high\nm,<cat>,1,1,1,1\n",
    )
    write_cell("dedn", "awa1", {"zsl.acc": 0.125})
    folder = tmp_path / "evaluation" / "dedn" / "awa1"
    (folder / "attention.svg").write_bytes(PICTURE)
    (folder / "attention.json").write_text(
        '{"caption": "Looked.", "tables": [{"above": "Spread.", "columns": ["on", "at"],'
        ' "lines": [{"on": "tail", "at": "0.70"}]}]}'
    )
    write(read(["baselines", "dedn"], ("awa1", "cub")), published(), tmp_path / "out")
    return tmp_path / "out"


def plain(cell):
    """A cell of either page without its marks."""
    return re.sub(r"[`*]", "", cell).strip()


def of_markdown(text):
    tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    lines = [[row for row in table.splitlines() if set(row) - set("| -")] for table in tables]
    return [[[plain(c) for c in row[1:-1].split(" | ")] for row in table] for table in lines]


def of_html(text):
    page = Page(text)
    rows = [(row, [c for c in page.all("t[hd]") if row in c["in"]]) for row in page.all("tr")]
    return [
        [[plain(c["text"]) for c in cells] for row, cells in rows if table in row["in"]]
        for table in page.all("table")
    ]


def test_the_report_has_every_table_of_the_markdown_page(report):
    markdown = of_markdown((report / "README.md").read_text(encoding="utf-8"))
    assert len(markdown) == 7
    assert of_html((report / "index.html").read_text(encoding="utf-8")) == markdown


def test_the_report_has_every_figure_and_heading_of_the_markdown_page(report):
    markdown = (report / "README.md").read_text(encoding="utf-8")
    page = Page((report / "index.html").read_text(encoding="utf-8"))
    headings = [f"{'#' * int(h['tag'][1])} {h['text']}" for h in page.all(HEADING)]
    assert headings == re.findall(r"^#+ .*", markdown, flags=re.MULTILINE)
    files = re.findall(r"!\[(.*)\]", markdown)
    assert [box["aria-label"] for box in page.all("div") if "aria-label" in box] == files
    captions = re.findall(r"^!.*\n\n\*(.*)\*$", markdown, flags=re.MULTILINE)
    assert [each["text"] for each in page.all("figcaption")] == captions
    assert files == [f"awa1-{n}" for n in ("curves", "per-class", "h", "prior", "dedn-attention")]


def test_the_report_has_every_word_of_the_markdown_page(report):
    """Whatever is neither a heading nor a table nor a figure with its caption."""
    markdown = (report / "README.md").read_text(encoding="utf-8")
    words = re.sub(r"^(#|\||!.*\n\n\*).*\n", "", markdown, flags=re.MULTILINE)
    words = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", words)
    words = re.sub(r"^- |[*`]", "", words, flags=re.MULTILINE)
    page = Page((report / "index.html").read_text(encoding="utf-8"))
    (contents,) = page.all("nav")
    said = [each["text"] for each in page.all("p|li") if contents not in each["in"]]
    assert " ".join(said).split() == words.split()
    assert said[-1] == "Computed with numpy 1.0, torch 2.0."


def test_the_report_needs_no_other_file(report):
    check_nothing_is_loaded(Page((report / "index.html").read_text(encoding="utf-8")))
    links = re.findall(r'<a href="([^#"][^"]*)"', (report / "index.html").read_text())
    assert links == ["results.csv"]
    assert (report / "results.csv").exists()


def check_nothing_is_loaded(page):
    for each in page.elements:
        assert not LOADED & each.keys(), each["tag"]
        if each["tag"] != "a" and "href" in each:
            assert each["href"].startswith(("#", "data:")), each["href"]
        for value in each.values():
            assert not isinstance(value, str) or not re.search(r"url\((?!#)|@import", value)
    assert not page.all("script|iframe|object|embed|base")


def test_nothing_is_loaded_whatever_names_look_like(page):
    check_nothing_is_loaded(page)
    assert not page.all("img")


def test_names_are_shown_as_they_are(page):
    text = next(each["text"] for each in page.all("body"))
    assert (
        text.count(EVIL) == 7
    )  # words, above a table, two cells, a caption, a heading, the contents
    assert text.count("<img src=http://example.org/y.png>") == 2
    assert [each["text"] for each in page.all("th") if "value" in each["text"]] == ["<value>"] * 2


def test_words_in_markdown_become_elements(page):
    marks = {(each["tag"], each["text"]) for each in page.all("strong|em|code")}
    assert {("strong", "U"), ("em", "S"), ("code", "H"), ("code", "a"), ("em", "x")} == marks
    assert len(page.all("li")) == 3 + 6


def test_ids_are_given_once_and_whatever_is_referred_to_is_there(page):
    ids, referred = page.ids(), list(page.refers_to())
    assert len(ids) == len(set(ids))
    assert set(referred) <= set(ids)
    assert len(referred) > 40
    assert not any(re.search(r"\s", name) or not name for name in ids)


def test_a_picture_refers_to_its_own_parts_only(page):
    """Both are the same; had they the same ids, the second would show the first one's parts."""
    one, two = page.all("svg")
    for own in (one, two):
        inside = {e["id"] for e in page.elements if own in e["in"] and "id" in e}
        uses = [e["href"][1:] for e in page.all("use") if own in e["in"]]
        clips = [e["clip-path"][5:-1] for e in page.elements if own in e["in"] and "clip-path" in e]
        assert len(uses) > 10
        assert len(clips) > 1
        assert {*uses, *clips} == inside


def test_the_parts_of_a_picture_are_all_there(page):
    for tag in ("path", "use", "image", "clipPath"):
        count = len(re.findall(rf"<{tag}\b", PICTURE.decode()))
        assert len(page.all(tag.lower())) == 2 * count > 0


def test_the_contents_lead_to_the_headings_of_two_levels_in_order(page):
    targets = {each["id"]: each for each in page.all(HEADING)}
    links = [each for each in page.all("a") if each["in"][-1]["tag"] == "li" and each["href"][0]]
    listed = [each for each in links if each["href"].startswith("#")]
    assert [targets[a["href"][1:]] for a in listed] == page.all("h[23]")
    assert [a["text"] for a in listed] == [each["text"] for each in page.all("h[23]")]
    assert page.all("nav")[0]["aria-label"] == "Contents"


def test_anchors_are_words_of_the_headings_below_those_above(page):
    anchors = [each["id"] for each in page.all(HEADING)]
    assert anchors[:3] == ["results", "cub", "cub-figures"]
    first, second, deeper = anchors[4:7]
    assert first == "script-alert-x-script-figures"
    assert second == f"{first}--5"
    assert deeper == f"{first}-deeper"
    assert anchors[7] == "part"


def test_headings_leave_no_level_out(report):
    page = Page((report / "index.html").read_text(encoding="utf-8"))
    levels = [int(each["tag"][1]) for each in page.all(HEADING)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_have_headers_with_a_scope_and_pictures_a_name(page):
    scopes = [(each["in"][-2]["tag"], each["scope"]) for each in page.all("th")]
    assert set(scopes) == {("thead", "col"), ("tbody", "row")}
    assert all(each["in"][-1]["tag"] == "tr" for each in page.all("td"))
    texts = {each["id"]: each["text"] for each in page.elements if "id" in each}
    assert [(each["role"], texts[each["aria-labelledby"]]) for each in page.all("svg")] == [
        ("img", f"Curves of x, {EVIL}"),
        ("img", "The same."),
    ]


def test_what_may_be_wide_is_in_a_box_that_a_keyboard_reaches(page):
    boxes = [each for each in page.all("div") if each.get("class", "").startswith("box")]
    assert len(boxes) == 6
    assert all(each["tabindex"] == "0" for each in boxes)
    assert all("aria-label" in each or "aria-labelledby" in each for each in boxes)
    for each in page.all("table|svg"):
        assert each["in"][-1] in boxes


def test_a_table_is_named_by_what_stands_above_it_or_else_by_its_heading(page):
    texts = {each["id"]: each["text"] for each in page.elements if "id" in each}
    named = [texts[t["in"][-1]["aria-labelledby"]] for t in page.all("table")]
    assert named == [f"Protocol: {EVIL}.", "Said above.", "Said later.", "<>"]


def test_only_long_cells_are_broken(page):
    long = [each["text"] for each in page.all("td") if each.get("class") == "long"]
    assert long == ["x" * 50, "!x <img src=http://example.org/y.png>", "x" * 50]


def test_the_same_blocks_are_the_same_bytes(blocks):
    assert as_html(blocks) == as_html(blocks)


def test_a_picture_that_is_none_is_named(blocks):
    broken = [*blocks, Figure("broken.svg", Drawn(b"<svg", "No."))]
    with pytest.raises(ValueError, match=r"the picture broken\.svg is not an SVG file.*dvc repro"):
        as_html(broken)


def test_a_column_without_a_text_is_empty_in_both_pages(blocks):
    """Tables of pictures may have lines that lack a column."""
    tables = of_html(as_html(blocks))
    assert tables[1][2] == of_markdown(as_markdown(blocks))[1][2] == ["3", ""]


def colours(text):
    return dict(re.findall(r"--(\w+): (#\w{6});", text))


def luminance(colour):
    """Relative luminance of sRGB, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_stands_out_from_its_ground(scheme):
    """At least 4.5 to 1, WCAG 2.1, 1.4.3."""
    light, dark, printed = re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL)
    found = colours({"light": light, "dark": dark, "print": printed}[scheme])
    assert found.keys() == {"ground", "raised", "line", "text", "quiet", "link"}
    for ground in ("ground", "raised"):
        for text in ("text", "quiet", "link"):
            dim, bright = sorted(luminance(found[name]) for name in (ground, text))
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (text, ground)


def test_the_style_has_the_rule_of_matplotlibs_own_sheet():
    (sheet,) = re.findall(r"<style[^>]*>(.*?)</style>", PICTURE.decode())
    assert sheet == "*{stroke-linejoin: round; stroke-linecap: butt}"
    assert "& * { stroke-linejoin: round; stroke-linecap: butt; }" in CSS


def test_the_style_names_no_class_that_the_page_has_not(page):
    """And none of the page is without a rule."""
    named = set(re.findall(r"\.([a-z][\w-]*)", CSS))
    used = {name for each in page.elements for name in each.get("class", "").split()}
    assert named == used
