"""Every variant is a setting that there is, and a stopped study goes on."""

from pathlib import Path

import pytest

from benchmarks import study
from benchmarks.tables import done, put
from benchmarks.variants import STUDIES
from zslcore.runtime.params_file import read_yaml, resolve

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def section():
    tree = read_yaml(ROOT / "params.yaml")
    return resolve(tree["bivaegan"], "shapes", tree["dataset"])


@pytest.mark.parametrize("name", STUDIES)
def test_variants_are_settings_and_all_differ(section, name):
    found = [study.settings(section, changes) for changes in STUDIES[name].values()]
    assert len({repr(cfg) for cfg in found}) == len(found)


def test_changes_reach_dotted_keys_and_leave_the_section_alone(section):
    cfg = study.settings(section, {"prior.bbse.solve": "nonnegative", "r": 7})
    assert (cfg.prior.bbse.solve, cfg.r) == ("nonnegative", 7.0)
    assert section["prior"]["bbse"]["solve"] == "ridge"
    with pytest.raises(SystemExit, match=r"prior\.bbs: no such key"):
        study.settings(section, {"prior.bbs": 1})


def test_variants_of_a_result_file_are_done(tmp_path):
    path = tmp_path / "shapes" / "priors.csv"
    assert done(path, "variant") == set()
    for variant in ("uniform", "CPE, visual space"):
        put(path, ("variant", "t1"), {"variant": variant}, [{"t1": 0.1234567}])
    assert done(path, "variant") == {"uniform", "CPE, visual space"}
    assert path.read_text() == 'variant,t1\nuniform,0.12346\n"CPE, visual space",0.12346\n'
