"""The segmenter: what it gives, what its files hold."""

import json

import pytest
import safetensors.torch
import timm
import torch

from tests.methods.damaged import without
from tests.segments.made_up import settings
from zslcore.segments.model import Segmenter, load

PIXELS = torch.randint(0, 256, (2, 3, 64, 96), dtype=torch.uint8, generator=torch.manual_seed(3))
CLASSES = (0, 2, 3)


def made(changes=None, seed=0):
    return Segmenter.random(settings(changes).network, CLASSES, 4, seed).eval()


@pytest.fixture(scope="module")
def segmenter():
    """One whose final layer norm is not the unit one of a random start."""
    found = made()
    norm = found.network.transformer_module.decoder.layernorm
    stream = torch.Generator().manual_seed(5)
    with torch.no_grad():
        norm.weight.uniform_(0.2, 3.0, generator=stream)
        norm.bias.normal_(generator=stream)
    return found


@torch.no_grad()
def test_class_layer_makes_the_class_logits_of_the_embeddings(segmenter):
    found, logits = segmenter.queries(PIXELS), segmenter(PIXELS)
    assert found.embeddings.shape == (2, 5, 32)
    assert torch.equal(segmenter.class_layer(found.embeddings), logits.classes[:, -1])
    assert torch.equal(found.masks, logits.masks[:, -1])


@torch.no_grad()
def test_embeddings_are_taken_after_the_final_norm_as_the_whole_model_of_the_library_does(
    segmenter,
):
    from transformers import Mask2FormerForUniversalSegmentation

    from zslcore.segments.batches import normalised
    from zslcore.segments.network import _config

    config = _config(segmenter.cfg)
    config.num_labels = 3
    whole = Mask2FormerForUniversalSegmentation(config).eval()
    whole.model.load_state_dict(segmenter.network.state_dict())
    whole.class_predictor.load_state_dict(segmenter.class_layer.state_dict())
    expected = whole(normalised(PIXELS, torch.float32))
    found = segmenter.queries(PIXELS)
    logits = segmenter.class_layer(found.embeddings)
    torch.testing.assert_close(logits, expected.class_queries_logits)
    torch.testing.assert_close(found.masks, expected.masks_queries_logits)
    before = expected.transformer_decoder_last_hidden_state
    assert (segmenter.class_layer(before) - logits).abs().max() > 0.5, "the trap would be noticed"


@torch.no_grad()
def test_there_is_a_level_before_the_layers_and_one_after_each(segmenter):
    found = segmenter(PIXELS)
    assert len(segmenter.network.transformer_module.decoder.layers) == 2
    assert found.classes.shape == (2, 3, 5, 4)
    assert found.masks.shape == (2, 3, 5, 16, 24)


@pytest.mark.parametrize(
    ("key", "value", "counted"),
    [
        ("decoder.layers", 3, "decoder.layers"),
        ("encoder.layers", 3, "encoder.layers"),
    ],
)
def test_as_many_layers_as_the_settings_say(key, value, counted):
    network = made({f"network.{key}": value}).network
    stack = (
        network.transformer_module.decoder
        if counted.startswith("decoder")
        else network.pixel_level_module.decoder.encoder
    )
    assert len(stack.layers) == value


def test_rows_of_the_class_layer_by_class(segmenter):
    weight, bias = segmenter.by_class()
    own = segmenter.class_layer
    assert weight.shape == (5, 32)
    for row, place in ((0, 0), (2, 1), (3, 2), (4, 3)):
        assert torch.equal(weight[row], own.weight[place])
        assert bias[row] == own.bias[place]
    assert not weight[1].any()
    assert not bias[1]


def test_the_seed_makes_the_weights_and_nothing_else_does():
    torch.manual_seed(99)
    state = torch.get_rng_state()
    one, same, other = made(seed=0), made(seed=0), made(seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    for a, b in zip(one.parameters(), same.parameters(), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(one.class_layer.weight, other.class_layer.weight)


@torch.no_grad()
def test_files_restore_every_bit(segmenter, tmp_path):
    segmenter.save(tmp_path / "a")
    again = load(tmp_path / "a")
    assert (again.cfg, again.classes, again.n_classes) == (segmenter.cfg, CLASSES, 4)
    assert torch.equal(again(PIXELS).masks, segmenter(PIXELS).masks)
    again.save(tmp_path / "b")
    names = {path.name for path in (tmp_path / "a").iterdir()}
    assert names == {"segmenter.json", "segmenter.safetensors"}
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    "gone", ["class_layer.bias", "network.transformer_module.level_embed.weight"]
)
def test_incomplete_weights_are_named(segmenter, tmp_path, gone):
    segmenter.save(tmp_path)
    without(tmp_path / "segmenter.safetensors", gone)
    with pytest.raises(ValueError, match=rf"(?s)not a complete segmenter: .*{gone}"):
        load(tmp_path)


def test_settings_that_do_not_fit_the_weights_are_refused(segmenter, tmp_path):
    segmenter.save(tmp_path)
    about = json.loads((tmp_path / "segmenter.json").read_text())
    about["network"]["queries"] = 6
    (tmp_path / "segmenter.json").write_text(json.dumps(about))
    with pytest.raises(ValueError, match="not a complete segmenter"):
        load(tmp_path)


@pytest.mark.parametrize("classes", [(), (2, 0), (0, 0), (0, 4), (-1, 2)])
def test_classes_must_be_ascending_ids_of_the_dataset(classes):
    with pytest.raises(ValueError, match="allowed: some of 0 to 3, ascending"):
        Segmenter(settings().network, classes, 4)


def timm_settings(**changes):
    named = {"network.backbone.kind": "test_resnet"}
    return settings({**named, **{f"network.backbone.{k}": v for k, v in changes.items()}}).network


@pytest.mark.parametrize("frozen", [False, True])
def test_a_timm_backbone_starts_from_the_weights_of_a_file(tmp_path, frozen):
    whole = timm.create_model("test_resnet", pretrained=False)
    with torch.no_grad():
        whole.bn1.running_mean.uniform_(-1, 1)
        whole.bn1.weight.uniform_(1, 2)
    path = tmp_path / "weights.safetensors"
    path.write_bytes(safetensors.torch.save(whole.state_dict()))
    cfg = timm_settings(weights=str(path), frozen_norm=frozen)
    segmenter = Segmenter.random(cfg, CLASSES, 4, 0)
    held = {
        k: v for k, v in segmenter.network.pixel_level_module.encoder._backbone.state_dict().items()
    }
    for name, value in whole.state_dict().items():
        if not name.startswith("fc.") and not (frozen and name.endswith("num_batches_tracked")):
            assert torch.equal(held[name], value), name
    segmenter.train()(PIXELS)
    again = segmenter.network.pixel_level_module.encoder._backbone.state_dict()["bn1.running_mean"]
    assert torch.equal(again, whole.bn1.running_mean) == frozen
    segmenter.eval().save(tmp_path / "kept")
    path.unlink()
    with torch.no_grad():
        assert torch.equal(load(tmp_path / "kept")(PIXELS).masks, segmenter(PIXELS).masks)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "no_such_net"}, "backbone.kind no_such_net: timm cannot"),
        ({"kind": "test_vit"}, r"backbone.kind test_vit"),
        ({"weights": "nowhere.pth"}, "nowhere.pth does not exist; allowed: none, hub, a file"),
    ],
)
def test_backbones_that_cannot_be_are_named(changes, told):
    with pytest.raises(ValueError, match=told):
        Segmenter.random(timm_settings(**changes), CLASSES, 4, 0)


def test_frozen_norms_of_the_own_backbone_have_no_parameters():
    kept = {name for name, _ in made({"network.backbone.frozen_norm": True}).named_parameters()}
    free = {name for name, _ in made().named_parameters()}
    assert {name for name in free - kept} == {name for name in free if "normalization" in name}
    assert kept < free
