"""The reconstruction study: four modes of one trainer, errors in [-1, 1]."""

import numpy as np
import pytest
import torch

from zslcore.methods.spaen import autoencoder, reconstruct
from zslcore.methods.spaen.method import fit_f, pretrain
from zslcore.methods.spaen.networks import NAMES
from zslcore.methods.spaen.reconstruct import errors_of, inputs_of, mean_image, vectors_of
from zslcore.methods.spaen.task import prepare, unit
from zslcore.methods.spaen.train_e import train_e
from zslcore.runtime.run import Run

CPU = torch.device("cpu")
MODES = ("spaen", "directmap", "sae", "splitbranch")


@pytest.fixture
def ready(tiny, settings, tmp_path):
    return pretrain(tiny.problem, settings(), Run(), tmp_path)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_makes_images_and_is_restored(
    tiny, ready, settings, tmp_path, mode, monkeypatch
):
    auto = fit_f(tiny.problem, ready, settings(), Run(), tmp_path, mode)
    x = inputs_of(mode, vectors_of(ready.perceptual, tiny.images, 16), tiny.x)
    made, errors = auto.reconstruct(x, 16), auto.errors(x, tiny.images, 16)
    assert made.shape == (18, 16, 16, 3)
    assert made.dtype == np.uint8
    assert errors.shape == (18,)
    auto.save(tmp_path / "auto.safetensors")
    again = autoencoder.load(tmp_path / "auto.safetensors", mode, settings(), CPU)
    assert np.array_equal(again.reconstruct(x, 16), made)
    assert np.array_equal(again.embed(x), auto.embed(x))
    monkeypatch.setattr(autoencoder, "IMAGES", 5)
    np.testing.assert_allclose(auto.errors(x, tiny.images, 16), errors, rtol=1e-4)


def test_a_file_of_another_mode_is_refused(tiny, ready, settings, tmp_path):
    path = tmp_path / "auto.safetensors"
    fit_f(tiny.problem, ready, settings(), Run(), tmp_path, "sae").save(path)
    with pytest.raises(ValueError, match=r"auto\.safetensors does not hold a splitbranch"):
        autoencoder.load(path, "splitbranch", settings(), CPU)


def test_errors_are_mean_squares_of_pixels_from_minus_one_to_one(tiny, ready, settings, tmp_path):
    auto = fit_f(tiny.problem, ready, settings(), Run(), tmp_path)
    x = vectors_of(ready.perceptual, tiny.images, 16)
    with torch.no_grad():
        made = auto.decode(auto.coder(torch.from_numpy(x)[None]).code)
    target = torch.from_numpy(tiny.images).permute(0, 3, 1, 2)[..., 2:18, 2:18] / 127.5 - 1
    square = tiny.images[:, 2:18, 2:18].copy()
    expected = ((made - target) ** 2).mean((1, 2, 3)).numpy()
    np.testing.assert_allclose(auto.errors(x, square, 16), expected, rtol=1e-5)
    pixels = ((made.clamp(-1, 1) + 1) * 127.5).round().permute(0, 2, 3, 1).numpy()
    np.testing.assert_array_equal(auto.reconstruct(x, 16), pixels)


def test_directmap_holds_the_e_that_classification_alone_gives(tiny, ready, settings, tmp_path):
    auto = fit_f(tiny.problem, ready, settings(), Run(), tmp_path, "directmap")
    e = train_e(prepare(tiny.problem, Run()), None, settings(), Run())
    assert all(torch.equal(getattr(auto.coder.head, n), getattr(e, n)) for n in NAMES)
    expected = e(torch.from_numpy(unit(tiny.x))[None])[0].numpy()
    np.testing.assert_allclose(auto.embed(unit(tiny.x)), expected, rtol=1e-5, atol=1e-6)


def test_modes_do_not_share_a_generator(tiny, settings, tmp_path):
    cfg = settings({"generator.freeze": False})
    given = pretrain(tiny.problem, cfg, Run(), tmp_path)
    before = {n: p.clone() for n, p in given.generator.state_dict().items()}
    autos = [fit_f(tiny.problem, given, cfg, Run(), tmp_path, mode) for mode in MODES]
    for name, value in given.generator.state_dict().items():
        assert torch.equal(value, before[name])
        assert len({auto.generator.state_dict()[name].numpy().tobytes() for auto in autos}) == 4


def test_the_mean_image_scores_the_variance_of_its_own_images(tiny, monkeypatch):
    images = tiny.images
    x = images / 127.5 - 1
    mean = mean_image(images, 20)
    np.testing.assert_allclose(mean.numpy(), x.mean(0).transpose(2, 0, 1), atol=1e-6)
    found = errors_of(mean, images, 20)
    assert found.shape == (18,)
    assert found.mean() == pytest.approx(x.var(0).mean(), rel=1e-5)
    monkeypatch.setattr(reconstruct, "IMAGES", 7)
    np.testing.assert_allclose(errors_of(mean_image(images, 20), images, 20), found, rtol=1e-5)


def test_vectors_are_of_whole_squares(tiny, ready):
    found = vectors_of(ready.perceptual, tiny.images[:, :16, :16], 16)
    x = torch.from_numpy(tiny.images[:, :16, :16]).permute(0, 3, 1, 2) / 127.5 - 1
    np.testing.assert_allclose(found, ready.perceptual(x).vector.numpy(), rtol=1e-4, atol=1e-6)
    assert found.dtype == np.float32
