"""Slow references, sharing no code with what they check, and the cases to check it on."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

EXACT = settings(deadline=None, derandomize=True, max_examples=100)
SEEN = np.array([True, False, True, True, False, True])


def random_case(seed, digits, n=60):
    """Scores, labels and seen; uneven classes; many ties with 0 digits, none with many."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(6), rng.choice(6, n, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.05])])
    scores = rng.normal(size=(len(labels), 6)) + np.eye(6)[labels] + 0.8 * SEEN
    return scores.round(digits), labels, SEEN


@st.composite
def problems(draw, low, high):
    """Whole-number scores (many ties), labels of both sides, and seen."""
    k, n = draw(st.integers(2, 5)), draw(st.integers(2, 9))
    seen = np.array(draw(st.permutations([True, False, *draw(bits(k - 2))])))
    rest = draw(st.lists(st.integers(0, k - 1), min_size=n - 2, max_size=n - 2))
    labels = np.array([seen.argmax(), (~seen).argmax(), *rest])
    row = st.lists(st.integers(low, high), min_size=k, max_size=k)
    return np.array(draw(st.lists(row, min_size=n, max_size=n)), dtype=float), labels, seen


def bits(length):
    return st.lists(st.booleans(), min_size=length, max_size=length)


def calibrated(scores, seen, family, gamma):
    """Scores under a handicap; gamma is ln(1 + alpha) for the multiplicative family."""
    if family == "additive":
        return scores - gamma * seen
    return np.where(seen, scores * np.exp(gamma), scores)


def exam(scores, labels, seen, family="additive", gamma=0.0):
    """(seen, unseen) accuracy at one gamma, by argmax and a loop over the classes."""
    hit = calibrated(scores, seen, family, gamma).argmax(axis=1) == labels
    accuracy = {c: hit[labels == c].mean() for c in set(labels.tolist())}
    return tuple(np.mean([a for c, a in accuracy.items() if seen[c] == side]) for side in (1, 0))


def exam_h(*args):
    s, u = exam(*args)
    return 2 * s * u / (s + u) if s + u else 0.0


def leads(scores, seen, family="additive"):
    """Every gamma at which some seen score can meet some unseen score of the same image."""
    if family == "additive":
        return (scores[:, seen, None] - scores[:, None, ~seen]).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(scores[:, None, ~seen] / scores[:, seen, None]).ravel()
    return ratio[np.isfinite(ratio)]


def gammas_between(leads):
    """One gamma before, between and behind all leads that are not the same but for rounding."""
    cuts = np.sort(leads)
    cuts = cuts[np.diff(cuts, prepend=-np.inf) > 1e-9]
    return [cuts[0] - 1, *((cuts[1:] + cuts[:-1]) / 2), cuts[-1] + 1] if len(cuts) else [0.0]
