"""Whether texts can be read."""


def overlapping(texts, renderer):
    """True if two texts lie on one another."""
    boxes = [text.get_window_extent(renderer) for text in texts if text.get_text()]
    return any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
