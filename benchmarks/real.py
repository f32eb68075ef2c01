"""The pipeline on real files, beside the working copy: python -m benchmarks.real DATASET FOLDER.

Runs every stage in a scratch copy of the code, so that neither data/ nor the committed results of
the embedded benchmark change, and keeps the report and the data card in benchmarks/results.

    python -m benchmarks.real awa1 xlsa17/AWA1 -S dataset.awa1.features=lowlevel.mat
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = ("zslcore", "stages", "benchmarks/studies", "dvc.yaml", "params.yaml", ".dvcignore")


def run(dataset: str, raw: Path, overrides: Sequence[str], work: Path) -> None:
    """The whole pipeline on one dataset, in the empty folder `work`."""
    for name in CODE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, work / name)
    shutil.copytree(ROOT / ".dvc" / "plots", work / ".dvc" / "plots")
    shutil.copytree(raw, work / "data" / "raw" / dataset)
    settings = [f"datasets=[{dataset}]", "segmentation_datasets=[]", *overrides]
    _dvc(work, "init", "--no-scm", "--force", "--quiet")
    _python(
        work,
        "from dvc.utils.hydra import apply_overrides; import sys;"
        "apply_overrides('params.yaml', sys.argv[1:])",
        *settings,
    )
    _dvc(work, "repro")


def keep(dataset: str, work: Path, to: Path) -> None:
    """Copy what a reader wants of a run: the report, and the data card."""
    if to.exists():
        shutil.rmtree(to)
    shutil.copytree(work / "reports", to)
    shutil.copy(work / "data" / "prepared" / dataset / "card.md", to / "card.md")


def _dvc(work: Path, *arguments: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "dvc", *arguments]
    subprocess.run(command, cwd=work, env={**os.environ, "PATH": path}, check=True)


def _python(work: Path, code: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-c", code, *arguments], cwd=work, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("raw", type=Path, help="folder with the dataset's files")
    parser.add_argument("-S", action="append", default=[], metavar="KEY=VALUE", dest="overrides")
    given = parser.parse_args()
    work = ROOT / "scratch" / "real" / given.dataset
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run(given.dataset, given.raw.resolve(), given.overrides, work)
    keep(given.dataset, work, ROOT / "benchmarks" / "results" / given.dataset)


if __name__ == "__main__":
    main()
