"""Vectors from captions, against PMI counted by hand and numpy's full decomposition."""

import os
import subprocess
import sys
from collections import Counter
from math import log

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from zslcore.text import ppmi
from zslcore.text.config import Ppmi
from zslcore.text.vocabulary import Vocabulary
from zslcore.text.words import split

WORDS = ["red", "blue", "bird", "crown", "wing", "the", "a", "long", "tail", "sits", "sings", "in"]


def drawn(seed=0, n=30, words=WORDS):
    """Captions of n images, one to four of each, some of them again."""
    rng = np.random.default_rng(seed)
    told = [" ".join(rng.choice(words, rng.integers(0, 9))) for _ in range(2 * n)]
    return [[told[i] for i in rng.integers(0, 2 * n, rng.integers(1, 5))] for _ in range(n)]


def made(captions, size=10, dimension=4, window=2, smoothing=0.75, power=0.5):
    vocabulary = Vocabulary.of(captions, size)
    tokens = vocabulary.encode(captions, 30, "first")
    cfg = Ppmi(window=window, smoothing=smoothing, power=power)
    return ppmi.vectors(tokens, vocabulary, dimension, cfg)


def counted(captions, vocabulary, window):
    """Pairs of words, one position after the other."""
    pairs = Counter()
    for words in (split(caption) for image in captions for caption in image):
        for i, word in enumerate(words):
            for j, other in enumerate(words):
                if 0 < abs(i - j) <= window and {word, other} <= set(vocabulary.words):
                    pairs[word, other] += 1
    return np.array([[pairs[w, c] for c in vocabulary.words] for w in vocabulary.words], float)


def slow_ppmi(counts, smoothing):
    matrix = np.zeros_like(counts)
    total = counts.sum()
    smooth = sum((counts[:, c].sum() / total) ** smoothing for c in range(len(counts)))
    for w in range(len(counts)):
        for c in range(len(counts)):
            if counts[w, c] > 0:
                p_word = counts[w].sum() / total
                p_context = (counts[:, c].sum() / total) ** smoothing / smooth
                matrix[w, c] = max(0, log(counts[w, c] / total / p_word / p_context))
    return matrix


@pytest.mark.parametrize("window", [1, 2, 5, 50])
@pytest.mark.parametrize("size", [5, 12])
def test_counts_and_pmi_equal_those_by_loops(window, size):
    captions = drawn(window)
    vocabulary = Vocabulary.of(captions, size)
    tokens = vocabulary.encode(captions, 30, "first")
    counts = ppmi.cooccurrence(tokens, size, window)
    expected = counted(captions, vocabulary, window)
    np.testing.assert_array_equal(counts.toarray(), expected)
    for smoothing in (1.0, 0.75):
        found = ppmi.positive_pmi(counts, smoothing).toarray()
        np.testing.assert_allclose(found, slow_ppmi(expected, smoothing), atol=1e-12)


def test_counts_by_hand():
    """red and bird stand two apart across the unknown word; the caption counts for two images."""
    vocabulary = Vocabulary(("red", "bird"), (4, 2), 8)
    tokens = vocabulary.encode([["red big bird"], ["red red", "red big bird"]], 3, "first")
    assert ppmi.cooccurrence(tokens, 2, 1).toarray().tolist() == [[2, 0], [0, 0]]
    assert ppmi.cooccurrence(tokens, 2, 2).toarray().tolist() == [[2, 2], [2, 0]]


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("dimension", [3, 10, 40])
@pytest.mark.parametrize("dense", [0, 1000])
def test_vectors_are_those_of_numpys_svd_up_to_sign(monkeypatch, dense, power, dimension):
    monkeypatch.setattr(ppmi, "DENSE", dense)
    captions = drawn(3)
    vocabulary = Vocabulary.of(captions, 10)
    u, s, _ = np.linalg.svd(slow_ppmi(counted(captions, vocabulary, 2), 0.75))
    expected = (u * s**power)[:, :dimension]
    found = made(captions, dimension=dimension, power=power)
    assert found.words == vocabulary.words
    assert found.array.shape == (10, min(dimension, 10))
    np.testing.assert_allclose(np.abs(found.array), np.abs(expected), atol=1e-5)
    np.testing.assert_allclose(found.array @ found.array.T, expected @ expected.T, atol=1e-5)


def test_the_largest_entry_of_every_column_is_positive():
    found = made(drawn(4), dimension=10).array
    assert (found[np.abs(found).argmax(axis=0), np.arange(10)] > 0).all()


def test_all_singular_values_with_power_one_give_the_matrix_back():
    """U S S U' = M M': the vectors hold all that PMI says of which words are alike."""
    captions = drawn(5)
    vocabulary = Vocabulary.of(captions, 10)
    matrix = slow_ppmi(counted(captions, vocabulary, 3), 0.5)
    found = made(captions, dimension=10, window=3, smoothing=0.5, power=1.0).array
    np.testing.assert_allclose(found @ found.T, matrix @ matrix.T, atol=1e-5)


def test_words_used_alike_are_near_each_other():
    """Colours stand before parts and verbs after; no two colours ever stand together."""
    rng = np.random.default_rng(0)
    colours, parts, verbs = ("red", "blue", "green"), ("wing", "tail"), ("sings", "sits")
    told = [[f"{rng.choice(colours)} {rng.choice(parts)} {rng.choice(verbs)}"] for _ in range(300)]
    found = made(told, dimension=2)
    by_word = dict(zip(found.words, found.array, strict=True))
    unit = {word: row / np.linalg.norm(row) for word, row in by_word.items()}
    assert unit["red"] @ unit["blue"] > 0.9
    assert unit["wing"] @ unit["tail"] > 0.9
    assert unit["red"] @ unit["wing"] < 0.5


def sparse(seed, n=80):
    return csr_array(random_array((n, n), density=0.2, rng=np.random.default_rng(seed)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [1, 7, 40, 79, 80, 90])
def test_large_matrices_are_decomposed_as_small_ones_are(monkeypatch, seed, k):
    matrix = sparse(seed)
    u, s, _ = np.linalg.svd(matrix.toarray())
    for dense in (0, 80):
        monkeypatch.setattr(ppmi, "DENSE", dense)
        values, left = ppmi._largest(matrix, k)
        np.testing.assert_allclose(values, s[:k] ** 2, atol=1e-10)
        np.testing.assert_allclose(np.abs(left), np.abs(u[:, :k]), atol=1e-5)


def test_a_large_matrix_of_low_rank_gives_the_same_each_time(monkeypatch):
    """ARPACK runs out of directions and draws new ones; their seed is fixed."""
    monkeypatch.setattr(ppmi, "DENSE", 0)
    matrix = csr_array(np.diag([3.0, 2.0, 1.0, *[0.0] * 77]))
    first, second = ppmi._largest(matrix, 10), ppmi._largest(matrix, 10)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    np.testing.assert_allclose(first[0], [9, 4, 1, *[0] * 7], atol=1e-12)


@pytest.mark.parametrize("dense", [0, 1000])
def test_columns_beyond_the_rank_are_zero_whatever_the_power(monkeypatch, dense):
    """Of five colours and seven parts each stands with each: two kinds of words, so rank two."""
    monkeypatch.setattr(ppmi, "DENSE", dense)
    told = [[f"c{i} p{j}" for j in range(7)] for i in range(5)]
    found = made(told, size=12, dimension=9, power=0.0).array
    np.testing.assert_allclose(np.linalg.norm(found, axis=0)[:2], 1, atol=1e-6)
    assert found.shape == (12, 9)
    assert not found[:, 2:].any()


@pytest.mark.parametrize("dense", [0, 1000])
def test_a_word_without_neighbours_has_exactly_the_zero_vector(monkeypatch, dense):
    monkeypatch.setattr(ppmi, "DENSE", dense)
    told = [[f"lone{n}"] * n for n in (1, 10, 20, 30, 50)]
    found = made([*drawn(6), *told], size=20, dimension=6)
    lone = np.array([word.startswith("lone") for word in found.words])
    assert lone.sum() == 5
    assert not found.array[lone].any()
    assert found.array[~lone].any(axis=1).all()


def test_how_often_images_have_a_caption_counts():
    once = made([["red bird sits"], ["blue bird sings"], ["red wing"]], dimension=2)
    often = made([["red bird sits"] * 5, ["blue bird sings"], ["red wing"]], dimension=2)
    assert set(once.words) == set(often.words)
    assert not np.allclose(np.sort(once.array, axis=0), np.sort(often.array, axis=0), atol=1e-3)


def test_the_order_of_images_does_not_matter():
    captions = drawn(7)
    np.testing.assert_array_equal(made(captions).array, made(captions[::-1]).array)


def test_every_setting_matters():
    captions = drawn(8)
    plain = made(captions).array
    for changed in ({"window": 1}, {"smoothing": 1.0}, {"power": 1.0}):
        assert not np.allclose(made(captions, **changed).array, plain)
    assert made(captions, dimension=3).array.shape == (10, 3)


@pytest.mark.parametrize("captions", [[["red", "blue"], ["bird", ""]], [["red red red"]]])
def test_captions_without_neighbours(captions):
    """A single word repeated stands next to itself, as by chance it must."""
    with pytest.raises(ValueError, match=r"no two of the \d words .* within 2 words .* learn them"):
        made(captions)


SCRIPT = """
import hashlib
import numpy as np
from zslcore.text import ppmi
from zslcore.text.config import Ppmi
from zslcore.text.vocabulary import Vocabulary

rng = np.random.default_rng(0)
words = [f"w{i}" for i in range(500)]
captions = [[" ".join(rng.choice(words, 12)) for _ in range(2)] for _ in range(300)]
vocabulary = Vocabulary.of(captions, 450)
tokens = vocabulary.encode(captions, 10, "first")
for ppmi.DENSE in (0, 1000):
    found = ppmi.vectors(tokens, vocabulary, 440, Ppmi(window=3, smoothing=0.75, power=0.5))
    print(hashlib.sha256(found.array.tobytes()).hexdigest())
"""


def test_other_processes_with_other_threads_make_the_same_bytes():
    """By either way to decompose; nor does it matter in which order sets happen to be."""
    command = [sys.executable, "-c", SCRIPT]
    running = [
        subprocess.Popen(
            command,
            env={**os.environ, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads},
            stdout=subprocess.PIPE,
            text=True,
        )
        for threads in ("1", "2")
    ]
    first, second = (process.communicate()[0].split() for process in running)
    assert first == second
    assert [len(digest) for digest in first] == [64, 64]
