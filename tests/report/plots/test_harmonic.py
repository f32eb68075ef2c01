import pandas as pd

from zslcore.report.plots.harmonic import harmonic_means


def means(setting="inductive", **values):
    lines = [(row, setting, *numbers) for row, numbers in values.items()]
    return pd.DataFrame(lines, columns=["row", "setting", "value", "ci95"])


def spans(**values):
    return pd.DataFrame([(r, *v) for r, v in values.items()], columns=["row", "low", "high"])


def test_bars_with_the_intervals_that_exist():
    """Deterministic rows have no interval over seeds, and nothing pretends that they do."""
    figure = harmonic_means(
        means(fixed=(0.3, 0.0), random=(0.5, 0.02)), spans(fixed=(0.25, 0.36)), "t"
    )
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["fixed", "random"]
    assert [bar.get_width() for bar in axes.patches] == [30, 50]
    images, seeds = ([s[:, 0].tolist() for s in lines.get_segments()] for lines in axes.collections)
    assert images == [[25, 36]]
    assert seeds == [[48, 52]]
    assert [text.get_text() for text in axes.texts] == ["30.0", "50.0"]


def test_settings_are_ranked_apart_below_their_names():
    """The better transductive rows stand below: they are compared with their own kind only."""
    both = pd.concat(
        [means("transductive", t=(0.9, 0.0), u=(0.8, 0.0)), means(a=(0.3, 0.0), b=(0.5, 0.0))]
    )
    (axes,) = harmonic_means(both, spans(t=(0.85, 0.95)), "t").axes
    ticks = zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
    rows = {label.get_text(): place for label, place in ticks}
    texts = {text.get_text(): text.get_position()[1] for text in axes.texts}
    places = rows | {name: texts[name] for name in ("Inductive", "Transductive")}
    top_down = sorted(places, key=places.__getitem__, reverse=True)
    assert top_down == ["Inductive", "b", "a", "Transductive", "t", "u"]
    assert sorted(places.values()) == [0, 1, 2, 3, 4, 5]
    bars = {bar.get_y() + bar.get_height() / 2: bar.get_width() for bar in axes.patches}
    assert bars == {rows["b"]: 50, rows["a"]: 30, rows["t"]: 90, rows["u"]: 80}
    assert {texts[f"{value:.1f}"]: value for value in bars.values()} == bars
    (span,) = axes.collections[0].get_segments()
    assert span[:, 0].tolist() == [85, 95]
    assert abs(span[0, 1] - rows["t"]) < 0.5


def test_one_setting_that_is_not_inductive_is_named():
    (axes,) = harmonic_means(means("transductive", t=(0.9, 0.0)), spans(t=(0.8, 1.0)), "t").axes
    assert "Transductive" in [text.get_text() for text in axes.texts]
    low, high = axes.get_ylim()
    assert low < 0 < 1 < high
