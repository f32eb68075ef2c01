"""Nested settings with some values replaced."""

import copy


def changed(values, changes):
    """A copy of nested settings with the values at some dotted keys replaced."""
    tree = copy.deepcopy(values)
    for path, value in changes.items():
        *above, key = path.split(".")
        node = tree
        for name in above:
            node = node[name]
        node[key] = value
    return tree
