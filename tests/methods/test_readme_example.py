"""The method that the README adds is one: it learns, scores, and is read again."""

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import stages
from stages import inputs, paths
from zslcore import methods
from zslcore.data import scores
from zslcore.runtime.files import write_json
from zslcore.runtime.run import Run

README = (Path(__file__).parents[2] / "README.md").read_text()
EXAMPLE = README[README.index("## Adding a method") :]


@pytest.fixture
def example(tmp_path, monkeypatch):
    """Its three files, where imports find them."""
    blocks = re.findall(r"^```python\n(.*?)^```$", EXAMPLE, flags=re.MULTILINE | re.DOTALL)
    names = ["means/config.py", "means/method.py", "train_means.py"]
    for name, block in zip(names, blocks, strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(block)
    (tmp_path / "means" / "__init__.py").write_text("")
    monkeypatch.setattr(methods, "__path__", [*methods.__path__, str(tmp_path)])
    monkeypatch.setattr(stages, "__path__", [*stages.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.endswith("_means") or ".means" in name]:
        del sys.modules[name]


def module(name) -> ModuleType:
    return importlib.import_module(name)


def test_it_recognises_unseen_classes_and_is_read_again(example, toy, tmp_path):
    config, method = (module(f"zslcore.methods.means.{name}") for name in ("config", "method"))
    model = method.fit(toy.problem, config.Config(gamma=0.01), Run())
    found = model.scores(toy.x)
    assert (found.shape, found.dtype) == ((1, len(toy.x), 16), np.float32)
    assert (found <= 0).all()
    unseen = np.flatnonzero(~toy.problem.seen)
    asked = np.isin(toy.y, unseen)
    right = unseen[found[0, asked][:, unseen].argmax(1)] == toy.y[asked]
    assert right.mean() > 0.9
    model.save(tmp_path / "saved")
    np.testing.assert_array_equal(method.load(tmp_path / "saved").scores(toy.x), found)


def test_its_stage_leaves_scores(example, toy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(inputs, "read", lambda dataset, phase: (toy.problem, toy.x))
    write_json({"listed": True, "means": {"gamma": 0.1}}, paths.config("toy", "means"))
    module("stages.train_means").main("toy", "test")
    found = scores.load(paths.scores("means", "toy", "test"))["means"]
    assert found.kind == "distance"
    assert found.settings == {"gamma": 0.1}
    assert (paths.models("means", "toy", "test") / "model.safetensors").exists()
