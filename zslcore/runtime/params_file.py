"""params.yaml: read as DVC reads it, and resolved for one dataset.

A value is a scalar or list for every dataset, or a map {default: .., cub: ..}: so a paper's
settings per dataset stand beside the parameter, and `-S bivaegan.r=10` replaces the map and
means "10 everywhere".
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from zslcore.runtime.mistakes import nearest
from zslcore.runtime.params import Params, ParamsError, check


class Runtime(Params):
    """How to compute, never what: no stage depends on this section."""

    device: str
    threads: int


def read_yaml(path: Path) -> dict[str, Any]:
    """The whole file, read as DVC reads it (YAML 1.2: 1e-4 is a number, yes is a word).

    Raises:
        ParamsError: it is missing, not YAML, or not a mapping.
    """
    try:
        tree = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParamsError(f"{path} is missing: run from the root of the repository") from None
    except YAMLError as error:
        raise ParamsError(f"{path} is not valid YAML: {error}") from None
    if not isinstance(tree, dict):
        raise ParamsError(f"{path} must be a mapping of sections, is a {type(tree).__name__}")
    return tree


def read_runtime(path: Path = Path("params.yaml")) -> Runtime:
    """The `runtime` section of params.yaml."""
    return check(Runtime, read_yaml(path).get("runtime"), "runtime")


def resolve(node: Any, dataset: str, known: Collection[str], where: str = "") -> Any:
    """The tree with every {default: .., <dataset>: ..} map replaced by the dataset's value.

    Raises:
        ParamsError: such a map names a dataset that is not known.
    """
    if isinstance(node, list):
        return [resolve(item, dataset, known, where) for item in node]
    if not isinstance(node, dict):
        return node
    if "default" not in node:
        inner = f"{where}." if where else ""
        return {k: resolve(v, dataset, known, f"{inner}{k}") for k, v in node.items()}
    if strange := sorted(str(k) for k in node.keys() - known - {"default"}):
        raise ParamsError(f"{where}.{strange[0]}: no such dataset{nearest(strange[0], known)}")
    return node.get(dataset, node["default"])
