"""Word vectors from the captions themselves, where there are no others.

Levy and Goldberg 2014 (positive pointwise mutual information, factorised by a truncated SVD) with
the smoothed distribution of contexts and the weighted singular values of Levy, Goldberg and Dagan
2015, https://doi.org/10.1162/tacl_a_00134, sections 3.2 and 3.3.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import LinearOperator, eigsh
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from zslcore.text.config import Ppmi
from zslcore.text.tokens import FIRST, Tokens
from zslcore.text.vectors import WordVectors
from zslcore.text.vocabulary import Vocabulary

Matrix = NDArray[np.float64]
DENSE = 1000  # words; up to here a full decomposition takes less than a second
ROUNDING = 1e-12  # a PMI up to here is one of 0


def vectors(tokens: Tokens, vocabulary: Vocabulary, dimension: int, cfg: Ppmi) -> WordVectors:
    """A vector for each word of the vocabulary.

    Word vectors are U S^power of the matrix of positive PMI between words (rows) and contexts. The
    same captions give the same bytes. A word that no other is near to more often than by
    chance has the zero vector; columns beyond the matrix's rank are zero.

    Args:
        tokens: the training captions; one that several images have counts as often.
        vocabulary: that they were encoded by, V words.
        dimension: G; where there are fewer words, as many as these.
        cfg: how far and how much neighbours count.

    Returns:
        Vectors (V, min(G, V)).

    Raises:
        ValueError: no two words stand near each other more often than by chance.
    """
    size = len(vocabulary.words)
    matrix = positive_pmi(cooccurrence(tokens, size, cfg.window), cfg.smoothing)
    if not matrix.nnz:
        raise ValueError(
            f"no two of the {size} words of the vocabulary stand within {cfg.window} words of each "
            "other more often than by chance: the captions are too few or too short to make word "
            "vectors from; read them from a file, or learn them"
        )
    with threadpool_limits(1, "blas"):  # the last bits depend on the number of threads
        values, u = _largest(matrix, dimension)
    values = np.where(values > values[0] * size * np.finfo(np.float64).eps, values, 0)
    weighted = np.where(values > 0, u * _signs(u) * values ** (cfg.power / 2), 0)
    weighted[np.diff(matrix.indptr) == 0] = 0  # exactly, not but for rounding
    return WordVectors(vocabulary.words, weighted.astype(np.float32))


def cooccurrence(tokens: Tokens, size: int, window: int) -> csr_array:
    """How often each word stands within `window` words of each other, in one caption, (V, V).

    Symmetric. Words outside the vocabulary keep their place, but are not counted.
    """
    often = np.bincount(tokens.index, minlength=len(tokens.ids)).astype(np.float64)
    after = csr_array((size, size))
    for apart in range(1, min(window, tokens.ids.shape[1] - 1) + 1):
        left, right = tokens.ids[:, :-apart], tokens.ids[:, apart:]
        row, at = np.nonzero((left >= FIRST) & (right >= FIRST))
        pairs = (left[row, at] - FIRST, right[row, at] - FIRST)
        after = after + coo_array((often[row], pairs), shape=(size, size)).tocsr()
    return csr_array(after + after.T)


def positive_pmi(counts: csr_array, smoothing: float) -> csr_array:
    """max(0, log P(w, c) / (P(w) P'(c))) for symmetric counts, (V, V).

    P'(c) is proportional to P(c)^smoothing: below 1 rare contexts count less.
    """
    frequency = counts.sum(axis=1)
    context = frequency**smoothing
    held = counts.tocoo()
    row, column = held.coords
    pmi = np.log(held.data * context.sum() / (frequency[row] * context[column]))
    above = pmi > ROUNDING
    return csr_array((pmi[above], (row[above], column[above])), shape=counts.shape)


def _largest(matrix: csr_array, k: int) -> tuple[Matrix, Matrix]:
    """The k largest squared singular values, falling, (k,), and their left vectors, (V, k).

    All of them, where these are fewer.

    By way of M M', as scipy's svds does; called directly because svds does not hand on the seed of
    ARPACK's restarts. Small matrices are decomposed whole: there singular values are often equal,
    and ARPACK may miss some of these.
    """
    n = matrix.shape[0]
    if n <= DENSE or k >= n:
        values, u = np.linalg.eigh((matrix @ matrix.T).toarray())
    else:
        rng = np.random.default_rng(0)
        gram = LinearOperator((n, n), lambda x: matrix @ (matrix.T @ x), dtype=np.float64)
        basis = k + max(k // 2, 20)  # a third faster than ARPACK's 2 k + 1, at k = 300
        values, u = eigsh(gram, k, v0=rng.standard_normal(n), rng=rng, ncv=basis)
    order = values.argsort()[::-1][:k]
    return values[order], u[:, order]


def _signs(u: Matrix) -> Matrix:
    """What makes the largest entry of each column positive, (k,)."""
    return np.sign(u[np.abs(u).argmax(axis=0), np.arange(u.shape[1])])
