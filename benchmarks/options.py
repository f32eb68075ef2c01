"""What studies of several methods have in common: settings that are changed by dotted keys."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML


def changed(section: Mapping[str, Any], changes: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A copy of a section of params.yaml with the values at some dotted keys replaced.

    Raises:
        SystemExit: the section has no such key.
    """
    tree = copy.deepcopy(dict(section))
    for path, value in changes.items():
        *above, key = path.split(".")
        node: Any = tree
        for each in above:
            node = node.get(each) if isinstance(node, dict) else None
        if not isinstance(node, dict) or key not in node:
            raise SystemExit(f"-S {path}: no such key in section {name}")
        node[key] = value
    return tree


def overrides(given: Sequence[str]) -> dict[str, Any]:
    """Words KEY=VALUE as changes; a value is read as in params.yaml.

    Raises:
        SystemExit: a word has no `=`.
    """
    if wrong := [each for each in given if "=" not in each]:
        raise SystemExit(f"-S {wrong[0]}: write KEY=VALUE, such as -S training.epochs=1")
    pairs = (each.split("=", 1) for each in given)
    return {key: YAML(typ="safe").load(value) for key, value in pairs}
