import hashlib
import subprocess
import sys

import numpy as np

from zslcore.features import store


def test_features_that_a_source_brought(tmp_path):
    features = np.random.default_rng(0).normal(size=(5, 3))
    store.from_array(features, tmp_path / "awa1", {"features": "given"})
    for phase in store.PHASES:
        loaded = store.load(tmp_path / "awa1", phase)
        assert isinstance(loaded.pooled, np.memmap)
        assert loaded.pooled.dtype == np.float32
        np.testing.assert_array_equal(loaded.pooled, features.astype(np.float32))
        digest = hashlib.sha256(features.astype(np.float32).tobytes()).hexdigest()
        assert loaded.regions is None
        assert loaded.recipe == {"features": "given", "sha256": digest}


def test_stages_that_only_read_features_need_no_torch():
    code = (
        "import sys, zslcore.features.config, zslcore.features.probe, zslcore.features.store;"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
