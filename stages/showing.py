"""What pictures show: some of many things, and points in the plane."""

import numpy as np

from zslcore.data.problem import Array, Labels

PERPLEXITY = 30  # scikit-learn's own


def spread(n: int, most: int) -> Labels:
    """At most so many of the positions 0..n-1, evenly over them."""
    return np.linspace(0, n - 1, min(n, most)).astype(np.int64)


def layout(x: Array) -> Array:
    """Embeddings (N, d) in the plane by t-SNE, (N, 2); the same every time."""
    from sklearn.manifold import TSNE  # a second, for those that lay out
    from threadpoolctl import threadpool_limits

    perplexity = min(PERPLEXITY, (len(x) - 1) / 3)
    with threadpool_limits(1):  # threads add up in another order each time
        found: Array = TSNE(init="pca", perplexity=perplexity, random_state=0).fit_transform(x)
    return found
