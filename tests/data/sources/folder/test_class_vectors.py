"""Class vectors from attributes, word vectors and text encoders."""

import json

import numpy as np
import pytest
import torch
import transformers

from tests.data.sources.folder import made
from tests.data.sources.folder.made import ROLES, VECTORS, edit, lines
from zslcore.data.sources.folder import encoder
from zslcore.data.sources.folder.config import FolderConfig
from zslcore.data.sources.folder.load import load
from zslcore.text.means import means

WORDS = {"a": [1, 0], "has": [0, 1], "spots": [2, 2], "size": [5, 0], "legs": [0, 5], "fur": [3, 4]}


def loaded(folder, **changes):
    return load(folder, made.settings(**changes), "mine", 0, means)


@pytest.fixture
def words(folder):
    of = {**WORDS, **{name: [i, -i] for i, name in enumerate(ROLES, 1)}, "0": [7, 0], "1": [0, 9]}
    lines(folder / "words.txt", *(f"{word} {x} {y}" for word, (x, y) in of.items()))
    return {word: np.array(vector, dtype=float) for word, vector in of.items()}


def test_vectors_are_scaled_on_request(folder):
    found = loaded(folder, norm="l2").class_vectors
    expected = np.array(list(VECTORS.values()))
    expected /= np.sqrt((expected**2).sum(1, keepdims=True))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_rows_of_attributes_may_be_in_any_order(folder):
    header, *rows = (folder / "attributes.csv").read_text().splitlines()
    lines(folder / "attributes.csv", header, *rows[::-1])
    np.testing.assert_array_equal(loaded(folder).class_vectors, np.float32(list(VECTORS.values())))


def test_attributes_have_vectors_of_their_names_on_request(folder, words):
    found = loaded(folder, words="words.txt")
    np.testing.assert_array_equal(found.attribute_vectors, [[5, 0], [0, 5], [3, 4]])
    assert found.attribute_vectors.dtype == np.float32
    assert found.attribute_names == ("size", "legs", "fur")
    assert "words.txt" in found.provenance["files"]


def test_a_class_is_the_mean_of_its_texts_means_of_words(folder, words):
    edit(folder / "texts.csv", "ant,a ant has 1 spots", "ant,spots unheard-of")
    found = loaded(folder, by="words", words="words.txt")
    first = np.mean([words[w] for w in ("a", "ant", "has", "0", "spots")], axis=0)
    np.testing.assert_allclose(found.class_vectors[0], (first + words["spots"]) / 2, rtol=1e-6)
    assert found.attribute_names == ()
    assert found.provenance["class_vectors"]["name"] == "words.txt"


def test_a_text_without_a_known_word_is_named(folder, words):
    edit(folder / "texts.csv", "ant,a ant has 1 spots", "ant,unheard of")
    with pytest.raises(
        ValueError, match=r"words\.txt has no word of 1 texts, such as 'unheard of'"
    ):
        loaded(folder, by="words", words="words.txt")


def test_texts_that_come_to_the_same_vector_are_refused(folder, words):
    edit(folder / "texts.csv", "ant,a ant has 0 spots\nant,a ant has 1 spots", "ant,a has")
    edit(folder / "texts.csv", "bee,a bee has 0 spots\nbee,a bee has 1 spots", "bee,has a")
    with pytest.raises(ValueError, match="bee and ant have the same class vector"):
        loaded(folder, by="words", words="words.txt")


def test_vectors_that_differ_in_length_alone_are_refused_where_length_is_taken_away(folder):
    edit(folder / "attributes.csv", "cat,3.0,0,0.25", "cat,2,2,0.5")
    edit(folder / "attributes.csv", "ant,1.0,1,0.25", "ant,1,1,0.25")
    assert len(loaded(folder).class_vectors) == len(ROLES)
    with pytest.raises(ValueError, match=r"cat and ant have the same class vector.*norm l2"):
        loaded(folder, norm="l2")


@pytest.mark.parametrize(("by", "file"), [("attributes", "attributes.csv"), ("words", "texts.csv")])
def test_a_file_that_the_settings_need_is_named(folder, words, by, file):
    (folder / file).unlink()
    with pytest.raises(ValueError, match=rf"class vectors by {by} need {file}"):
        loaded(folder, by=by, words="words.txt")


@pytest.mark.parametrize(
    ("by", "message"), [("words", "need `words`"), ("encoder", r"need `class_vectors\.model`")]
)
def test_settings_that_lack_something(by, message):
    with pytest.raises(ValueError, match=message):
        FolderConfig.model_validate(
            {**made.SETTINGS, "class_vectors": {**made.SETTINGS["class_vectors"], "by": by}}
        )


def save_tokenizer(folder):
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "has", "spots", "0", "1", *ROLES]
    lines(folder / "vocab.txt", *tokens)
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 16}))
    made_of = transformers.BertTokenizer(vocab=str(folder / "vocab.txt"))
    made_of.save_pretrained(folder)
    return len(tokens)


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """A tokenizer of a few words, and an encoder of one layer."""
    folder = tmp_path_factory.mktemp("bert")
    size = save_tokenizer(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=size,
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=20,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def alone(model, text, pooling):
    """What the encoder makes of one text, without padding."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    network = transformers.BertModel.from_pretrained(model).eval()
    with torch.no_grad():
        states = network(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].double()
    vector = (states.mean(0) if pooling == "mean" else states[0]).numpy()
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("pooling", ["mean", "first"])
@pytest.mark.parametrize("batch", [1, 2, 64])
def test_a_text_is_the_pooled_states_of_its_own_tokens(bert, monkeypatch, pooling, batch):
    monkeypatch.setattr(encoder, "BATCH", batch)
    texts = ["a ant has 1 spots", "bee", "a a a a fox"]
    found = encoder.encode(str(bert), texts, pooling)
    for text, vector in zip(texts, found, strict=True):
        np.testing.assert_allclose(vector, alone(bert, text, pooling), atol=1e-6)


def test_a_class_is_the_mean_of_its_encoded_texts(folder, bert):
    found = loaded(folder, by="encoder", model=str(bert), norm="none")
    expected = np.mean([alone(bert, f"a fox has {i} spots", "mean") for i in (0, 1)], axis=0)
    np.testing.assert_allclose(found.class_vectors[5], expected, atol=1e-6)


def test_of_an_encoder_with_a_decoder_the_encoder_is_taken(tmp_path):
    torch.manual_seed(0)
    config = transformers.T5Config(
        vocab_size=save_tokenizer(tmp_path), d_model=8, d_kv=4, d_ff=16, num_layers=1, num_heads=2
    )
    whole = transformers.T5Model(config).eval()
    whole.save_pretrained(tmp_path)
    found = encoder.encode(str(tmp_path), ["a fox"], "first")
    tokens = transformers.AutoTokenizer.from_pretrained(tmp_path)("a fox", return_tensors="pt")
    with torch.no_grad():
        ids = {"input_ids": tokens.input_ids, "attention_mask": tokens.attention_mask}
        state = whole.encoder(**ids).last_hidden_state[0, 0].double().numpy()
    np.testing.assert_allclose(found[0], state / np.linalg.norm(state), atol=1e-6)


@pytest.mark.parametrize("kind", ["clip", "clip_text_model"])
def test_clip_is_taken_at_its_projection(tmp_path, monkeypatch, kind):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind}))
    monkeypatch.setattr(encoder.clip_text, "encode", lambda *given: given)
    assert encoder.encode(str(tmp_path), ["a"], "mean") == (str(tmp_path), ["a"], ("{}",))


def test_weights_that_are_pickled_are_not_read(bert, tmp_path):
    for path in bert.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ValueError, match="no text encoder"):
        encoder.encode(str(tmp_path), ["a"], "mean")


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ValueError, match=rf"no text encoder {tmp_path}"):
        encoder.encode(str(tmp_path), ["a"], "mean")
