import numpy as np
import pytest
import torch
from PIL import Image

from zslcore.features import backbone
from zslcore.features.extract import extract
from zslcore.features.images import Images
from zslcore.features.store import PHASES, Files

CPU = torch.device("cpu")


def extracted(images, folder, cfg):
    built = backbone.build(cfg, seed=0)
    files = Files(folder, PHASES, cfg.regions)
    extract(built, images, files, cfg, CPU)
    return files, built


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_both_kinds_of_features_of_every_image(name, settings, pixels, tmp_path):
    cfg = settings(model=name)
    files, built = extracted(Images(pixels), tmp_path, cfg)
    with torch.inference_mode():
        pooled, regions = built(built.preprocess(Images(pixels), np.arange(13)))
    written = np.load(files.pooled, mmap_mode="r"), np.load(files.regions, mmap_mode="r")
    for ours, expected in zip(written, (pooled, regions), strict=True):
        assert ours.dtype == np.float16
        assert ours.shape == expected.shape
        np.testing.assert_allclose(ours, expected, rtol=2e-3, atol=2e-4)


def test_files_with_and_without_workers_give_what_an_array_gives(settings, pixels, tmp_path):
    paths = [tmp_path / f"{row}.png" for row in range(13)]
    for path, image in zip(paths, pixels, strict=True):
        Image.fromarray(image).save(path)
    sources = [(Images(pixels), 0), (Images(paths), 0), (Images(paths), 2)]
    contents = {
        extracted(images, tmp_path / str(i), settings(workers=workers))[0].regions.read_bytes()
        for i, (images, workers) in enumerate(sources)
    }
    assert len(contents) == 1


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_image_is_named_and_leaves_no_file(workers, settings, pixels, tmp_path):
    paths = [tmp_path / f"{row}.png" for row in range(5)]
    for path, image in zip(paths, pixels, strict=False):
        Image.fromarray(image).save(path)
    paths[4].write_bytes(paths[4].read_bytes()[:100])
    with pytest.raises(ValueError, match=r"^image of row 4, .*4\.png"):
        extracted(Images(paths), tmp_path / "out", settings(workers=workers))
    assert not list((tmp_path / "out").glob("*.npy"))


def test_features_beyond_float16_are_refused(settings, pixels, tmp_path):
    cfg = settings(regions=False)
    built = backbone.build(cfg, seed=0)
    torch.nn.init.constant_(built.model.layer4[-1].bn2.bias, 1e6)
    with pytest.raises(ValueError, match=r"pooled\.npy: features of row 0"):
        extract(built, Images(pixels), Files(tmp_path, PHASES, False), cfg, CPU)


def test_without_regions_there_is_no_such_file(settings, pixels, tmp_path):
    files, _ = extracted(Images(pixels), tmp_path, settings(regions=False))
    assert files.regions is None
    assert [path.name for path in tmp_path.iterdir()] == ["pooled.npy"]
