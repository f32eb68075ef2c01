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


TRAINING = [
    *({"method": "m", "epoch": str(e), "zsl": "0.4", "zsl_ci95": "0.1"} for e in (1, 2)),
    {"method": "m", "epoch": "0", "zsl": "", "zsl_ci95": ""},  # nothing known
]
PRIOR = [{"method": "m", "class": "cat", "true": "0.5", "estimated": "0.4"}]
REST = {
    "training": {"prior_tv": "0.2", "prior_tv_ci95": "0.1", "rev": "workspace"},
    "prior": {"low": "0.3", "high": "0.6", "rev": "workspace"},
}


def fill(name, data, **properties):
    renderer = VegaRenderer(data, "plot", template=name, template_dir=str(FOLDER), **properties)
    return json.loads(renderer.partial_html())


def training():
    data = [line | REST["training"] for line in TRAINING]
    return fill("training", data, x="epoch", y="zsl", title="t")


def prior():
    data = [line | REST["prior"] for line in PRIOR]
    return fill("prior", data, x="class", y="estimated", title="t")


def terms():
    lines = [
        {"epoch": e, "term": term, "mean": "1", "low": "0", "high": "2", "rev": "workspace"}
        for e in ("1", "2")
        for term in ("kl", "agreement")
    ]
    return fill("terms", lines, x="epoch", y="mean", title="t")


def test_no_anchor_is_left_open():
    curve = fill("seen_unseen", CURVE, x="unseen", y="seen", title="t")
    per_class = fill("per_class", PER_CLASS, x="class", y="method", title="t")
    others = [training(), prior(), terms()]
    assert not re.findall("<DVC_METRIC_[A-Z_]+>", json.dumps([curve, per_class, *others]))


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


def test_training_has_a_panel_for_accuracy_with_its_band_and_one_for_the_prior():
    plot = training()
    accuracy, distance = plot["vconcat"]
    assert [step["calculate"] for step in accuracy["transform"][1:]] == [
        "toNumber(datum['zsl'])",
        "datum.mean - toNumber(datum['zsl_ci95'])",
        "datum.mean + toNumber(datum['zsl_ci95'])",
    ]
    band, line, points = (layer["encoding"] for layer in accuracy["layer"])
    assert (band["y"]["field"], band["y2"]["field"]) == ("low", "high")
    assert line["y"]["field"] == points["y"]["field"] == "mean"
    assert distance["transform"][1]["calculate"] == "toNumber(datum.prior_tv)"
    for panel in (accuracy, distance):
        encoding = panel["encoding"]
        assert (encoding["x"]["field"], encoding["color"]["field"]) == ("epoch", "method")
        assert "!== ''" in panel["transform"][0]["filter"]  # an empty cell is not a 0


def test_the_prior_has_a_grey_bar_for_the_truth_and_a_line_for_the_seeds():
    plot = prior()
    assert plot["transform"][3] == {"fold": ["true", "estimated"], "as": ["kind", "text"]}
    assert (plot["facet"]["row"]["field"], plot["facet"]["column"]["field"]) == ("method", "rev")
    assert plot["spec"]["encoding"]["x"]["field"] == "class"
    assert plot["spec"]["encoding"]["x"]["sort"]["field"] == "truth"
    bars, seeds = (layer["encoding"] for layer in plot["spec"]["layer"])
    assert bars["y"]["field"] == "share"
    assert bars["color"]["scale"]["domain"] == ["true", "estimated"]
    assert bars["color"]["scale"]["range"][0] == "#B3B3B3"
    assert (seeds["y"]["field"], seeds["y2"]["field"]) == ("least", "most")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_the_version_is_one_that_dvc_loads(path):
    assert json.loads(path.read_text())["$schema"].endswith("vega-lite/v5.json")


def test_every_term_of_a_log_has_a_panel_with_a_scale_of_its_own():
    plot = terms()
    assert plot["facet"]["field"] == "term"
    assert plot["resolve"]["scale"]["y"] == "independent"
    band, line = (layer["encoding"] for layer in plot["spec"]["layer"])
    assert (band["y"]["field"], band["y2"]["field"]) == ("least", "most")
    assert line["y"]["field"] == "value"
    assert plot["transform"][0]["calculate"] == "toNumber(datum['mean'])"
    assert plot["spec"]["encoding"]["x"]["field"] == "epoch"
