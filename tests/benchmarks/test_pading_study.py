"""Studies of PADing: their variants, and that a variant is what the stages make of it."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks import pading_study, pading_variants
from benchmarks.pading_study import COLUMNS, STUDIES, cell, settings, study
from stages import paths
from stages.settings import of_dataset
from tests.methods.pading.values import SETTINGS as PADING
from tests.segments.made_up import SETTINGS as SEGMENTER
from tests.stages import segmentation_toy
from tests.stages.segmentation_toy import INFERENCE, SEEDS, TOY
from zslcore.runtime.params_file import read_yaml

ROOT = Path(__file__).parents[2]
TREE = {
    "seed": 0,
    "seeds": [*SEEDS, 7],
    "pading": {**PADING, "compare": ["gmmn"], "unmatched": 20},
    "segmenter": {"size": SEGMENTER["size"]},
    "evaluate_segmentation": INFERENCE,
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A folder in which all stages ran."""
    with segmentation_toy.ran(tmp_path_factory.mktemp("toy")) as folder:
        yield folder


def lines(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_study_for_each_list_of_variants():
    assert set(STUDIES) == {"pading-ablation", "pading-primitives", "pading-forms"}


@pytest.mark.parametrize("make", [pading_variants.ablation, pading_variants.primitives])
def test_variants_are_settings_and_all_differ(make):
    tree = of_dataset(read_yaml(ROOT / "params.yaml"), "scenes")
    found = {settings(tree, changes).model_dump_json() for changes in make().values()}
    assert len(found) == len(make())


def test_what_the_settings_lack_is_named():
    with pytest.raises(SystemExit, match="-S lambda: no such key in section pading"):
        settings(TREE, {"lambda": 1})


def test_a_study_measures_what_the_stages_do(toy, tmp_path):
    out = tmp_path / "pading-ablation.csv"
    run = study({"as it is": {}, "GMMN": pading_variants.ablation()["GMMN"]})
    run(cell(TOY, TREE, 2), TREE, {}, out)
    found = {line["variant"]: line for line in lines(out)}
    assert tuple(found["GMMN"]) == COLUMNS
    metrics = json.loads(paths.metrics("pading", TOY).read_text())
    for variant, prefix in {"as it is": "", "GMMN": "gmmn."}.items():
        for name in COLUMNS[1:-3]:
            assert float(found[variant][name]) == pytest.approx(metrics[prefix + name], abs=2e-4)


def test_a_stopped_study_goes_on_and_a_variants_own_change_wins(toy, tmp_path):
    out, at = tmp_path / "pading-ablation.csv", cell(TOY, TREE, 1)
    assert at.run.seeds == (0,)
    given = {"optimizer.iterations": 1, "generator": "none"}
    run = study({"supervised": {}, "P": {"generator": "primitives"}})
    run(at, TREE, given, out)
    changes = [json.loads(line["changes"])["generator"] for line in lines(out)]
    assert changes == ["none", "primitives"]
    out.write_text(out.read_text().replace("supervised,0", "supervised,9", 1))
    run(at, TREE, given, out)
    assert lines(out)[0]["panoptic.pq.seen"].startswith("9")  # not run again
    with pytest.raises(SystemExit, match="one table must not mix them"):
        run(at, TREE, {}, out)


def test_all_numbers_are_those_of_the_stages(toy):
    assert set(pading_study.NUMBERS) <= set(json.loads(paths.metrics("pading", TOY).read_text()))
