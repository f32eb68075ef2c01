"""The rows of the paper's tables are changes to one section, and all differ."""

import pytest

from benchmarks import pading_variants


@pytest.mark.parametrize("variants", [pading_variants.ablation(), pading_variants.primitives()])
def test_variants_are_settings_and_all_differ(settings, variants):
    found = [settings(changes) for changes in variants.values()]
    assert len({repr(cfg) for cfg in found}) == len(found)


def test_the_tables_have_their_rows():
    assert len(pading_variants.ablation()) == 6
    counts = [each["primitives.count"] for each in pading_variants.primitives().values()]
    assert counts == [100, 200, 300, 400, 500, 600, 700]
    assert pading_variants.primitives((8,)).keys() == {"8 primitives"}


def test_each_row_adds_to_the_one_above(settings):
    rows = {name: settings(changes) for name, changes in pading_variants.ablation().items()}
    assert (rows["P"].disentangle.use, rows["P"].align.weight) == (False, 0)
    assert (rows["P&A"].disentangle.use, rows["P&A"].align.weight) == (False, 0.5)
    assert rows["PADing"] == settings()
    assert rows["GMMN"] == rows["P"].model_copy(update={"generator": "gmmn"})


def test_both_sides_of_each_difference_are_there(settings):
    """Whichever of the two is configured, the other is a change; turns are one already."""
    plain = settings()
    found = {name: settings(changes) for name, changes in pading_variants.forms().items()}
    same = {name for name, cfg in found.items() if cfg == plain}
    assert same == {
        "self-attention of primitives",
        "combination of the paper",
        "MMD per class",
        "bandwidths as variances",
        "MMD with root",
        "disentanglement of the paper",
        "alignment of the paper",
    }
    others = [repr(cfg) for name, cfg in found.items() if name not in same]
    assert len(set(others)) == len(found) - len(same)
