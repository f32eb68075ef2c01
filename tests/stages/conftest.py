"""A small copy of the whole project, in a repository of its own, with its pipeline run once."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import pytest
from filelock import FileLock
from scipy.io import savemat

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "OMP_NUM_THREADS": "1",
    "DVC_NO_ANALYTICS": "1",
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
}
AFTER = ("calibrate", "evaluate", "package")  # what follows the training of any method
# few and quick: what is tested here is the pipeline, not the methods
OVERRIDES = [
    "datasets=[awa1]",
    "seeds=[0,1]",
    "baselines.names=[eszsl,devise,conse]",
    "baselines.eszsl.gamma=[0.01,1.0]",
    "baselines.eszsl.lam=0.1",
    "baselines.eszsl.targets=zero_one",
    "baselines.devise.lr=0.1",
    "baselines.devise.margin=0.1",
    "baselines.devise.epochs=2",
    "baselines.conse.decay=0.01",
    "baselines.conse.top=3",
    "bivaegan.hidden=8",
    "bivaegan.batch_size=16",
    "bivaegan.epochs.inductive=1",
    "bivaegan.epochs.transductive=2",
    "bivaegan.epochs.iterations=3",
    "bivaegan.prior.synthetic_per_class=5",
    "bivaegan.classifier.synthetic_per_class=5",
    "bivaegan.classifier.epochs=2",
    "bivaegan.classifier.gzsl_epochs=2",
    "evaluate.replicates=20",
    "features.finetune.epochs=1",
    "clarel.steps=3",
    "clarel.log_every=2",
    "dedn.training.epochs=1",
    "spaen.generator.steps=2",
    "spaen.perceptual.steps=2",
    "spaen.steps.f=2",
    "spaen.steps.e=2",
    "spaen.log_every=2",
    "spaen.crops.resize=64",
    "spaen.crops.size=64",
    "dataset.shapes.images_per_seen_class=5",
    "dataset.shapes.unseen_images_min=4",
    "dataset.shapes.unseen_images_max=6",
    "dataset.shapes.image_size=32",
    "dataset.awa1.features=small.mat",
    "dataset.awa1.split_name=made-here",
    "segmentation_datasets=[]",
    "segmentation.scenes.size=64",
    "segmentation.scenes.train=40",
    "segmentation.scenes.val=20",
    "segmenter.network.hidden=32",
    "segmenter.network.queries=6",
    "segmenter.network.encoder.layers=1",
    "segmenter.network.decoder.layers=1",
    "segmenter.loss.points=32",
    "segmenter.batch_size=4",
    "segmenter.steps=3",
    "segmenter.log_every=2",
    "pading.compare=[supervised]",
    "pading.optimizer.iterations=3",
    "pading.classifier.iterations=3",
    "pading.log_every=2",
]


@dataclass(frozen=True)
class Project:
    """A checkout with helpers to work in it."""

    root: Path

    def run(self, *command, check=True):
        """Run a command in the checkout; its standard output and error, together."""
        # a file, not a pipe: workers of a queue keep it open for longer than the command runs
        with TemporaryFile("w+", encoding="utf-8") as output:
            done = subprocess.run(
                list(map(str, command)),
                cwd=self.root,
                env=ENVIRONMENT,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            said = output.read()
        assert not check or done.returncode == 0, said
        return said

    def dvc(self, *arguments, check=True):
        return self.run(sys.executable, "-m", "dvc", *arguments, check=check)

    def stages_run_by(self, *arguments):
        """The stages that a DVC command ran, not those it found cached or unchanged."""
        return set(re.findall(r"Running stage '([^']+)'", self.dvc(*arguments)))

    def set(self, *overrides):
        """What `dvc exp run -S` does to params.yaml; nothing is run."""
        from dvc.utils.hydra import apply_overrides

        apply_overrides(self.root / "params.yaml", list(overrides))

    def bytes_below(self, folder):
        files = sorted(f for f in (self.root / folder).rglob("*") if f.is_file())
        return {str(f.relative_to(self.root)): f.read_bytes() for f in files}

    def commit(self, message):
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", message)


def write_raw(folder, labels_seed=None):
    """A small dataset in the field's layout; with a seed, its evaluation labels are permuted."""
    rng = np.random.default_rng(0)
    k, per_class = 8, 12
    y = np.repeat(np.arange(k), per_class)
    att = rng.normal(size=(6, k))
    features = (rng.normal(size=(10, 6)) @ att)[:, y] + 0.3 * rng.normal(size=(10, len(y)))
    rows = np.arange(len(y)).reshape(k, per_class)
    sets = {
        "trainval_loc": rows[:6, :9].ravel(),
        "test_seen_loc": rows[:6, 9:].ravel(),
        "test_unseen_loc": rows[6:].ravel(),
    }
    if labels_seed is not None:
        shuffle = np.random.default_rng(labels_seed)
        for name in ("test_seen_loc", "test_unseen_loc"):
            y[sets[name]] = y[shuffle.permutation(sets[name])]
    names = np.array([[f"class{c}"] for c in range(k)], dtype=object)
    one_based = {name: (ids + 1)[:, None].astype(np.uint16) for name, ids in sets.items()}
    savemat(folder / "att_splits.mat", {"att": att, "allclasses_names": names, **one_based})
    savemat(folder / "small.mat", {"features": features, "labels": (y + 1)[:, None]})
    (folder / "trainclasses1.txt").write_text("class0\nclass1\nclass2\nclass3\n")
    (folder / "valclasses1.txt").write_text("class4\nclass5\n")


def copy_project(to):
    """All files of this checkout that are, or could be, in Git; none that DVC made."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    made = ("metrics/", "reports/", "dvc.lock", "tests/", "benchmarks/")
    read = "benchmarks/studies/README.md"  # the folder that `report` reads is there, if empty
    for name in listed:
        wanted = name == read or not name.startswith(made)
        if name and wanted and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)


@pytest.fixture(scope="session")
def made(tmp_path_factory, worker_id):
    """Run once, whatever the number of pytest's processes; to be copied, not changed."""
    base = tmp_path_factory.getbasetemp()
    # the parent is common to the processes of one run; without processes, to all runs
    root = (base if worker_id == "master" else base.parent) / "made"
    with FileLock(f"{root}.lock"):
        if not root.exists():
            building = root.with_name("building")
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir()
            run_once(building)
            building.rename(root)
    return root


def begun(root):
    """A repository with the small project; nothing is run."""
    copy_project(root)
    write_raw(root / "data" / "raw" / "awa1")
    project = Project(root)
    project.set(*OVERRIDES)
    project.run("git", "init", "-q", "-b", "main")
    return project


def run_once(root):
    """The same, its pipeline run and committed."""
    project = begun(root)
    project.dvc("repro", "-q")
    project.commit("the pipeline, run")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The small project for the tests of a file, which run it one after the other."""
    return begun(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="module")
def project(made, tmp_path_factory):
    """A copy for the tests of a file; one that changes something puts it back."""
    root = tmp_path_factory.mktemp("project") / "copy"
    shutil.copytree(made, root, symlinks=True)
    return Project(root)


@pytest.fixture
def restored(project):
    """The project, put back after the test as it was before."""
    yield project
    project.run("git", "checkout", "-q", "main")
    project.run("git", "checkout", "-q", ".")
    project.dvc("checkout", "-q", "--force")


@pytest.fixture(scope="session")
def raw_writer():
    return write_raw
