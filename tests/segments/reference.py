"""The panoptic merge one query at a time, and instances one pair at a time, in plain steps."""

import numpy as np


def panoptic(classes, masks, things, merge):
    """Map and (id, class) of the segments."""
    n_classes = len(things)
    kept = []
    for q, row in enumerate(classes):
        label = int(np.argmax(row))
        if label != n_classes and row[label] > merge.score:
            kept.append((q, label, row[label]))
    owner = owners(kept, masks)
    drawn, segments, stuff = np.zeros(owner.shape, dtype=int), [], {}
    for q, label, _ in kept:
        mask = masks[q] >= merge.mask
        pixels = (owner == q) & mask
        if not pixels.any() or (owner == q).sum() / mask.sum() < merge.overlap:
            continue
        if label in stuff:
            drawn[pixels] = stuff[label]
            continue
        segments.append((len(segments) + 1, label))
        drawn[pixels] = len(segments)
        if not things[label]:
            stuff[label] = len(segments)
    return drawn, segments


def owners(kept, masks):
    """The query that each pixel is owned by."""
    owner = np.full(masks.shape[1:], -1)
    for at in np.ndindex(owner.shape):
        strongest = -1.0
        for q, _, score in kept:
            if score * masks[q][at] > strongest:
                owner[at], strongest = q, score * masks[q][at]
    return owner


def instances(classes, masks, things, top):
    """(query, class, score, mask, box) of each detection, the likeliest first."""
    pairs = [(q, k) for q in range(len(classes)) for k in range(len(things))]
    pairs = sorted(pairs, key=lambda pair: -classes[pair])[:top]
    found = []
    for q, k in pairs:
        mask = masks[q] > 0.5
        if things[k] and mask.any():
            y, x = np.nonzero(mask)
            box = [x.min(), y.min(), x.max() - x.min() + 1, y.max() - y.min() + 1]
            found.append((q, k, classes[q, k] * masks[q][mask].mean(), mask, box))
    return sorted(found, key=lambda each: -each[2])
