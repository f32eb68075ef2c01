"""Class vectors from a tiny text encoder of random weights, saved in a temporary folder."""

import json

import numpy as np
import pytest
import torch
import transformers

from tests.data.sources.coco.made import settings
from zslcore.data.sources.coco import clip_text
from zslcore.data.sources.coco.class_vectors import describe

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PROMPTS = ("a photo of a {}.", "the {} in a long scene")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A tokenizer that knows letters, and an encoder of one layer."""
    folder = tmp_path_factory.mktemp("clip")
    words = [*LETTERS, *(f"{c}</w>" for c in (*LETTERS, ".", "-")), ".", "-"]
    marks = ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: n for n, token in enumerate([*words, *marks])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = transformers.CLIPTokenizer.from_pretrained(folder)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.CLIPTextConfig(
        vocab_size=len(vocabulary),
        hidden_size=8,
        intermediate_size=16,
        projection_dim=6,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=40,
        bos_token_id=vocabulary[marks[0]],
        eos_token_id=vocabulary[marks[1]],
        pad_token_id=vocabulary[marks[1]],
    )
    transformers.CLIPTextModelWithProjection(config).save_pretrained(folder)
    return folder


def one_by_one(model, text):
    """The embedding of one text at unit length, without padding."""
    tokenizer = transformers.CLIPTokenizer.from_pretrained(model)
    encoder = transformers.CLIPTextModelWithProjection.from_pretrained(model).eval()
    with torch.no_grad():
        found = encoder(**tokenizer(text, return_tensors="pt")).text_embeds[0].double().numpy()
    return found / np.linalg.norm(found)


@pytest.mark.parametrize("batch", [1, 3, 256])
def test_a_class_is_the_mean_of_its_prompts_at_unit_length(model, monkeypatch, batch):
    monkeypatch.setattr(clip_text, "BATCH", batch)
    names = ("cat", "tree-merged")
    found = clip_text.encode(str(model), names, PROMPTS)
    assert found.shape == (2, 6)
    for name, vector in zip(names, found, strict=True):
        mean = np.mean([one_by_one(model, prompt.format(name)) for prompt in PROMPTS], axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)
    assert abs(found[0] @ found[1]) < 0.999


@pytest.mark.parametrize("names", ["given", "words"])
def test_names_are_as_given_or_words(model, tmp_path, names):
    vectors = {"by": "clip", "path": None, "model": str(model), "prompts": PROMPTS, "names": names}
    found = describe(tmp_path, settings(vectors), ("tree-merged",), (), None).vectors
    text = {"given": "tree-merged", "words": "tree"}[names]
    np.testing.assert_allclose(found, clip_text.encode(str(model), (text,), PROMPTS), rtol=1e-6)


def test_a_model_below_the_datasets_folder_is_found_by_its_name(model):
    vectors = {"by": "clip", "path": None, "model": model.name, "prompts": PROMPTS}
    found = describe(model.parent, settings(vectors), ("cat",), (), None).vectors
    assert found.shape == (1, 6)


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ValueError, match="no CLIP text encoder"):
        clip_text.encode(str(tmp_path), ("cat",), PROMPTS)


def test_weights_that_are_pickled_are_not_read(model, tmp_path):
    for name in ("config.json", "vocab.json", "merges.txt", "tokenizer_config.json"):
        if (model / name).exists():
            (tmp_path / name).write_bytes((model / name).read_bytes())
    tokens = model / "tokenizer.json"
    if tokens.exists():
        (tmp_path / tokens.name).write_bytes(tokens.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ValueError, match="no CLIP text encoder"):
        clip_text.encode(str(tmp_path), ("cat",), PROMPTS)
