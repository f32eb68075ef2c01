"""The plot templates, filled by the renderer that `dvc plots show` uses."""

import json
import re
from pathlib import Path

import pytest
from dvc_render.vega import VegaRenderer

FOLDER = Path(__file__).parents[2] / ".dvc" / "plots"
CURVE = [
    {"method": "eszsl", "unseen": "0.0", "seen": "0.5", "rev": "workspace"},
    {"method": "eszsl", "unseen": "0.3", "seen": "0.0", "rev": "workspace"},
]
PER_CLASS = [
    {"method": "eszsl", "class": "cat", "seen": "False", "gzsl": "0.4", "rev": "workspace"},
]


def fill(name, data, **properties):
    renderer = VegaRenderer(data, "plot", template=name, template_dir=str(FOLDER), **properties)
    return json.loads(renderer.partial_html())


def test_no_anchor_is_left_open():
    curve = fill("seen_unseen", CURVE, x="unseen", y="seen", title="t")
    per_class = fill("per_class", PER_CLASS, x="class", y="method", title="t")
    assert not re.findall("<DVC_METRIC_[A-Z_]+>", json.dumps([curve, per_class]))


def test_the_curve_has_one_line_per_method_and_revision():
    plot = fill("seen_unseen", CURVE, x="unseen", y="seen", title="awa1")
    encoding = plot["encoding"]
    assert plot["data"]["values"] == CURVE
    assert plot["title"]["text"] == "awa1"
    fields = {channel: encoding[channel]["field"] for channel in ("x", "y", "order", "color")}
    assert fields == {"x": "unseen", "y": "seen", "order": "unseen", "color": "method"}
    assert encoding["strokeDash"]["field"] == "rev"


def test_the_heat_map_is_of_unseen_classes():
    plot = fill("per_class", PER_CLASS, x="class", y="method")
    assert plot["mark"] == "rect"
    assert plot["data"]["values"] == PER_CLASS
    fields = {channel: plot["encoding"][channel]["field"] for channel in ("x", "y", "color")}
    assert fields == {"x": "class", "y": "method", "color": "gzsl"}
    assert "datum.seen" in plot["transform"][0]["filter"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_the_version_is_one_that_dvc_loads(path):
    assert json.loads(path.read_text())["$schema"].endswith("vega-lite/v5.json")
