import hashlib
import pickle

import huggingface_hub.constants
import pytest
import safetensors.torch
import timm
import torch

from zslcore.features import backbone


@pytest.fixture(scope="module")
def x():
    return torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@torch.inference_mode()
def test_a_convolutional_net_pools_the_mean_of_its_regions(settings, x):
    built = backbone.build(settings(), seed=0)
    pooled, regions = built(x)
    assert pooled.shape == (3, built.recipe["pooled"])
    assert regions.shape == (3, 1, 96)
    torch.testing.assert_close(pooled, regions.mean(dim=1))
    torch.testing.assert_close(pooled, built.model(x))


@torch.inference_mode()
def test_an_earlier_layer_has_a_finer_grid_in_row_order(settings, x):
    built = backbone.build(settings(region_layer=-3), seed=0)
    (maps,) = built.model.forward_intermediates(x, indices=[-3], intermediates_only=True)
    height, width = maps.shape[2:]
    about = {"channels": maps.shape[1], "height": height, "width": width}
    assert built.recipe["regions"] == about
    regions = built(x)[1]
    assert torch.equal(regions[1, 1 * width + 2], maps[1, :, 1, 2])


@torch.inference_mode()
def test_regions_of_a_transformer_are_its_patches_without_class_token(settings, x):
    built = backbone.build(settings(model="test_vit"), seed=0)
    tokens = built.model.forward_features(x)
    pooled, regions = built(x)
    assert tokens.shape[1] == 1 + 4
    assert torch.equal(regions, tokens[:, 1:])
    assert torch.equal(pooled, built.model(x))


def test_without_regions(settings, x):
    built = backbone.build(settings(regions=False), seed=0)
    (pooled,) = built(x)
    assert torch.equal(pooled, built.model(x))
    assert built.recipe["regions"] is None


def test_preprocessing_is_the_models_own_unless_told_otherwise(settings):
    config = timm.get_pretrained_cfg("vit_base_patch16_clip_224.openai")
    args = {"depth": 1, "embed_dim": 12, "num_heads": 1}
    name = f"{config.architecture}.{config.tag}"
    given = settings(model=name, model_args=args, image_size=0, crop_pct=0)
    own = backbone.build(given, seed=0).preprocess
    assert own.size == config.input_size[1:]
    assert (own.mean, own.std) == (config.mean, config.std)
    assert (own.crop_pct, own.interpolation) == (config.crop_pct, config.interpolation)
    other = backbone.build(settings(model=name, model_args=args), seed=0).preprocess
    assert (other.size, other.crop_pct, other.mean) == ((32, 32), 1.0, config.mean)


def test_random_weights_are_those_of_the_seed(settings):
    torch.manual_seed(1)
    first = backbone.build(settings(), seed=0).recipe["weights_sha256"]
    drawn = torch.rand(1)
    assert backbone.build(settings(), seed=0).recipe["weights_sha256"] == first
    assert backbone.build(settings(), seed=1).recipe["weights_sha256"] != first
    torch.manual_seed(1)
    assert torch.equal(torch.rand(1), drawn), "the caller's random stream was used"


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_saved_and_loaded(name, settings, x, tmp_path):
    built = backbone.build(settings(model=name), seed=0)
    backbone.save(built, tmp_path)
    loaded = backbone.load(tmp_path)
    for ours, theirs in zip(built(x), loaded(x), strict=True):
        assert torch.equal(ours, theirs)
    assert loaded.preprocess == built.preprocess
    content = (tmp_path / "backbone.safetensors").read_bytes()
    assert hashlib.sha256(content).hexdigest() == built.recipe["weights_sha256"]


@pytest.fixture(scope="module")
def published():
    """Weights as they are published: with a classifier."""
    torch.manual_seed(5)
    return timm.create_model("test_resnet", num_classes=7).state_dict()


@pytest.mark.parametrize("wrap", ["as they are", "state_dict", "ddp"])
def test_weights_from_a_pth_file(wrap, published, settings, tmp_path):
    held = {"state_dict": published, "epoch": 3} if wrap == "state_dict" else published
    if wrap == "ddp":
        held = {f"module.{name}": value for name, value in published.items()}
    torch.save(held, tmp_path / "a.pth")
    built = backbone.build(settings(weights=str(tmp_path / "a.pth")), seed=0)
    for name, value in built.model.state_dict().items():
        assert torch.equal(value, published[name])


def test_weights_from_a_safetensors_file(published, settings, tmp_path):
    safetensors.torch.save_file(published, tmp_path / "a.safetensors")
    built = backbone.build(settings(weights=str(tmp_path / "a.safetensors")), seed=0)
    assert torch.equal(built.model.conv1[0].weight, published["conv1.0.weight"])
    assert built.recipe["weights"] == str(tmp_path / "a.safetensors")


def test_weights_that_do_not_fit_are_listed(published, settings, tmp_path):
    held = {**published, "extra.weight": torch.zeros(1), "bn1.bias": torch.zeros(3)}
    del held["layer1.0.bn1.bias"]
    torch.save(held, tmp_path / "a.pth")
    with pytest.raises(ValueError, match="does not fit the model") as caught:
        backbone.build(settings(weights=str(tmp_path / "a.pth")), seed=0)
    message = str(caught.value)
    assert "1 missing (layer1.0.bn1.bias)" in message
    assert "1 not of the model (extra.weight)" in message
    assert "1 of another shape (bn1.bias (3,) for (32,))" in message


class Trap:
    """Unpickling it would raise, and could do worse."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('code was run')",))


@pytest.mark.parametrize("content", [pickle.dumps(Trap()), b"", b"junk"])
def test_a_file_that_would_run_code_or_is_damaged_is_refused(content, settings, tmp_path):
    for name in ("a.pth", "a.safetensors"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=rf"{name} cannot be read as weights"):
            backbone.build(settings(weights=str(tmp_path / name)), seed=0)


def test_a_pickled_module_is_refused(settings, tmp_path):
    torch.save({"model": torch.nn.Linear(1, 1)}, tmp_path / "a.pth")
    with pytest.raises(ValueError, match="tensors and nothing that would run code"):
        backbone.build(settings(weights=str(tmp_path / "a.pth")), seed=0)


def test_a_missing_weights_file(settings):
    with pytest.raises(ValueError, match=r"hup does not exist; allowed: none, hub"):
        backbone.build(settings(weights="hup"), seed=0)


def test_a_failed_download_says_how_to_go_on(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(OSError, match=r"could not be fetched .* set features\.weights to the path"):
        backbone.build(settings(weights="hub"), seed=0)


def test_hub_weights_are_asked_of_timm(settings, monkeypatch, published, tmp_path):
    """All of the way but the download: timm finds the same weights in its own file instead."""
    torch.save(published, tmp_path / "a.pth")
    create = timm.create_model
    source = {"file": str(tmp_path / "a.pth")}
    monkeypatch.setattr(
        timm, "create_model", lambda *a, **k: create(*a, pretrained_cfg_overlay=source, **k)
    )
    built = backbone.build(settings(weights="hub"), seed=0)
    assert torch.equal(built.model.conv1[0].weight, published["conv1.0.weight"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "resnet1o1"}, "similar names: .*resnet101"),
        ({"model_args": {"chanels": 3}}, "chanels"),
        ({"region_layer": 9}, "cannot make or run"),
    ],
)
def test_mistakes_in_the_settings_are_explained(changes, message, settings):
    with pytest.raises(ValueError, match=message):
        backbone.build(settings(**changes), seed=0)
