"""The whole pipeline on the real AwA1 files, against a measurement made without it."""

import json
import os
from pathlib import Path

import pytest

from benchmarks import real

FILES = Path(__file__).parents[3] / "shared" / "data" / "xlsa17" / "AWA1"


@pytest.mark.skipif(not FILES.exists(), reason=f"needs the AwA1 files in {FILES}")
def test_eszsl_on_awa1_agrees_with_an_independent_measurement(tmp_path, monkeypatch):
    """Unit-length features, targets 0/1, settings and handicap chosen on val, fold 1."""
    monkeypatch.setitem(os.environ, "OMP_NUM_THREADS", "1")
    overrides = ["dataset.awa1.features=lowlevel.mat", "baselines.names=[eszsl]"]
    overrides += ["methods=[baselines]"]
    real.run("awa1", FILES, overrides, tmp_path)
    found = json.loads((tmp_path / "metrics" / "baselines" / "awa1.json").read_text())
    expected = {
        "zsl.acc": 0.337,
        "gzsl_uncalibrated.unseen": 0.046,
        "gzsl_uncalibrated.seen": 0.314,
        "gzsl_uncalibrated.h": 0.080,
        "gzsl.unseen": 0.270,
        "gzsl.seen": 0.201,
        "gzsl.h": 0.230,
    }
    for key, value in expected.items():
        assert found[f"eszsl.{key}"] == pytest.approx(value, abs=0.02), key
    assert "0.7773" in (tmp_path / "data" / "prepared" / "awa1" / "card.md").read_text()
