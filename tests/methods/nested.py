"""Nested settings: some values replaced, all values by dotted keys."""

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


def leaves(values, above=""):
    """Every value with its dotted key."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
