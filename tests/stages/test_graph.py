"""dvc.yaml is true: a stage depends on what it reads and imports, no more, no less."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from zslcore import methods

ROOT = Path(__file__).parents[2]
STAGES = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["stages"]
PARAMS = YAML(typ="safe").load((ROOT / "params.yaml").read_text())
KNOWN = {*PARAMS["dataset"], *PARAMS["segmentation"]}
# settings are found by name at run time; no import statement says so
BY_NAME = {"stages.settings": [f"zslcore.methods.{name}.config" for name in methods.METHODS]}


def file_of(module: str) -> Path | None:
    """The file of one of our modules, relative to the root; None if it is somebody else's."""
    path = Path(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if (ROOT / candidate).exists():
            return candidate
    return None


def imported(module: str) -> set[str]:
    """Our modules that a module imports, anywhere in its text."""
    names = set(BY_NAME.get(module, ()))
    for node in ast.walk(ast.parse((ROOT / file_of(module)).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.split(".")[0] in ("zslcore", "stages") and file_of(name)}


def reached(module: str) -> set[Path]:
    """Files of all modules that importing one brings in.

    Empty packages do not count, nor does the one of `stages`: it changes no result.
    """
    seen, left = set(), [module]
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left += imported(name)
    files = {file_of(name) for name in seen - {"stages"}}
    return {f for f in files if ast.parse((ROOT / f).read_text()).body[1:]}


def code_deps(stage: str) -> set[Path]:
    return {Path(d) for d in STAGES[stage]["deps"] if d.startswith(("zslcore", "stages"))}


def module_of(stage: str) -> str:
    return re.search(r"python -m (\S+)", STAGES[stage]["cmd"])[1]


@pytest.mark.parametrize("stage", STAGES)
def test_every_imported_file_is_a_dependency(stage):
    missing = {
        str(file)
        for file in reached(module_of(stage))
        if not any(file == dep or dep in file.parents for dep in code_deps(stage))
    }
    assert missing == set()


@pytest.mark.parametrize("stage", STAGES)
def test_every_dependency_on_code_is_imported(stage):
    files = reached(module_of(stage))
    unused = {
        str(dep)
        for dep in code_deps(stage)
        if not any(file == dep or dep in file.parents for file in files)
    }
    assert unused == set()


def test_imports_go_one_way():
    """Low to high; a package imports from its own level downwards only."""
    below = {
        "runtime": set(),
        "data": {"runtime"},
        "calibration": {"runtime"},
        "priors": set(),
        "clusters": {"runtime", "data"},
        "text": {"runtime", "data"},
        "metrics": {"calibration", "runtime"},
        "features": {"runtime", "data"},
        "segments": {"runtime", "data", "features", "nn"},
        "nn": {"runtime", "data"},
        "methods": {"runtime", "data", "features", "nn", "priors", "text"},
        "report": {"metrics"},
        "package": {"runtime", "data", "features", "calibration", "methods", "segments"},
        "cli": {"runtime", "data", "features", "text", "package", "report", "segments"},
    }
    wrong = []
    for file in sorted((ROOT / "zslcore").glob("*/**/*.py")):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        package = module.split(".")[1]
        for other in imported(module.removesuffix(".__init__")):
            parts = other.split(".")
            if parts[0] == "stages" or parts[1] not in below[package] | {package}:
                wrong.append(f"{module} imports {other}")
    assert wrong == []


def test_no_method_imports_another():
    for file in (ROOT / "zslcore/methods").glob("*/*.py"):
        for other in imported(".".join(file.relative_to(ROOT).with_suffix("").parts)):
            parts = other.split(".")
            assert parts[:2] != ["zslcore", "methods"] or parts[2:3] == [file.parent.name]


def test_packages_are_empty():
    """A folder's __init__ is no stage's dependency, so it may hold nothing but a docstring."""
    for file in (ROOT / "zslcore").glob("*/**/__init__.py"):
        if file.parent != ROOT / "zslcore" / "methods":  # the registry, a dependency by name
            assert ast.parse(file.read_text()).body[1:] == []


def test_calibration_knows_the_val_phase_only_and_evaluation_what_it_chose():
    reads = {stage: " ".join(map(str, STAGES[stage]["deps"])) for stage in STAGES}
    assert "-test" not in reads["calibrate"]
    assert "/test" not in reads["calibrate"]
    assert "/test" not in reads["tune_baselines"]
    assert "truth" not in reads["train_baselines"]
    assert "truth" not in reads["features"]
    assert "data/calibration" in reads["evaluate"]
    assert "/val" not in reads["evaluate"]


def test_an_override_that_changes_nothing_changes_no_byte(tmp_path):
    """`dvc exp run -S` rewrites params.yaml: its style must survive that."""
    from dvc.utils.hydra import apply_overrides

    copy = tmp_path / "params.yaml"
    copy.write_bytes((ROOT / "params.yaml").read_bytes())
    apply_overrides(copy, ["seed=0"])
    assert copy.read_bytes() == (ROOT / "params.yaml").read_bytes()


def test_every_setting_has_a_comment():
    """Unit, source or meaning on its line; a value for one dataset has that of its setting."""
    bare, parents = [], {}
    for line in (ROOT / "params.yaml").read_text().splitlines():
        if found := re.match(r"( *)([a-z_0-9]+):", line):
            depth, key = len(found[1]), found[2]
            parents = {d: k for d, k in parents.items() if d < depth} | {depth: key}
            setting = ".".join(parents.values())
            is_value = key == "default" or (depth > 2 and key in KNOWN)
            is_dataset = parents.get(0) in ("dataset", "segmentation") and depth == 2
            if "#" not in line and not is_value and not is_dataset:
                bare.append(setting)
    assert bare == []


@pytest.mark.parametrize(
    "stage", ["configure", "prepare", "calibrate", "evaluate", "package", "report"]
)
def test_light_stages_do_not_import_torch(stage):
    code = f"import sys, {module_of(stage)}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
