"""Check every setting, and write what each stage needs of them: python -m stages.configure.

The first stage: a mistake in params.yaml stops here, before any work. The others read the small
files written here, so that a changed value re-runs only the stages and datasets that use it.
"""

import json
import sys
from pathlib import Path

from stages import paths
from stages.settings import resolved
from zslcore import methods
from zslcore.runtime.params import ParamsError
from zslcore.runtime.params_file import read_yaml

SECTIONS = {
    "prepare": ("seed", "dataset"),
    "features": ("seed", "features"),
    "calibrate": ("calibrate",),
    "evaluate": ("seed", "evaluate"),
    "tune_baselines": ("seeds", "baselines", "calibrate"),
    **{method: ("seeds", method) for method in methods.METHODS},
}


def main() -> None:
    settings = resolved(read_yaml(Path("params.yaml")))
    first = next(iter(settings.values()))
    for dataset in first.datasets:
        values = settings[dataset].model_dump(mode="json")
        values["dataset"] = values["dataset"][dataset]
        for stage, keys in SECTIONS.items():
            write(paths.config(dataset, stage), {key: values[key] for key in keys})
    write(paths.report_config(), {"datasets": first.datasets, "methods": first.methods})


def write(path: Path, values: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except ParamsError as error:
        print(f"params.yaml is not right; nothing was run\n{error}", file=sys.stderr)
        sys.exit(2)
