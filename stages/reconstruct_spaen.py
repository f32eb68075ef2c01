"""Pictures that SP-AEN and other architectures make: python -m stages.reconstruct_spaen DATASET.

Table 3 of the paper, on the test phase: F and G as `train_spaen_images` (or, under the joint
schedule, `train_spaen`) left them; DirectMap, SAE and SplitBranch are trained here. Measured on
test images of unseen classes, after training; nothing is chosen on them.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import nn

from stages import paths, spaen
from stages.drawing import leave
from stages.entry import enter
from zslcore.data.problem import Array, Labels, Problem, Rows, Truth
from zslcore.data.store import load_truth
from zslcore.methods.spaen import autoencoder, pretrained
from zslcore.methods.spaen.autoencoder import IMAGES, Autoencoder
from zslcore.methods.spaen.coders import Mode
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.crops import centre, whole
from zslcore.methods.spaen.method import fit_f
from zslcore.methods.spaen.model import load
from zslcore.methods.spaen.pretrained import Pretrained
from zslcore.methods.spaen.reconstruct import errors_of, inputs_of, mean_image, vectors_of
from zslcore.methods.spaen.reconstruction import squared_error
from zslcore.metrics.intervals import ci95
from zslcore.metrics.names import half_width
from zslcore.report.drawn import Drawn, Table
from zslcore.report.plots.reconstruction import reconstruction
from zslcore.report.style import svg
from zslcore.runtime import params, processes
from zslcore.runtime.files import write_json
from zslcore.runtime.run import Run

OTHERS: tuple[Mode, ...] = ("directmap", "sae", "splitbranch")
MEAN, GENERATOR = "mean_image", "generator"
TITLES = {
    MEAN: "mean image",
    "directmap": "DirectMap",
    "sae": "SAE",
    "splitbranch": "SplitBranch",
    "spaen": "SP-AEN",
    GENERATOR: "generator alone",
}
SHOWN, SIDE = 8, 96  # images in the picture, and pixels along their side at most
CAPTION = (
    "Test images of unseen classes and what is made of them (Table 3, Figure 4). SP-AEN: G(F(x)). "
    "DirectMap: G(E(x)), E frozen after it learnt to classify. SAE: G(E(x)), E learns to classify "
    "at the same time. SplitBranch: E has two parts, of which one is classified and both are "
    "decoded. Drawn after training; nothing was chosen on it."
)
ABOVE = (
    "Mean squared error of the pixels, scaled to [-1, 1], over {images} test images of unseen "
    "classes; ± is 95 % over images. The mean training image is what a decoder that ignores its "
    "input can reach; the image generator alone is given the perceptual network's vector, without "
    "the attributes in between."
)


class Settings(params.Params):
    listed: bool
    seeds: tuple[int, ...]
    spaen: Config


@dataclass(frozen=True)
class Tested:
    """N test images of unseen classes.

    Attributes:
        images: squares, uint8 (N, S, S, 3).
        x: E's features of them, (N, V).
        vectors: those of the perceptual network, (N, H).
        classes: their classes' names, N.
        size: of what is compared, pixels.
    """

    images: Rows
    x: Array
    vectors: Array
    classes: list[str]
    size: int

    def of(self, mode: Mode) -> Array:
        """What an architecture is given of them."""
        return inputs_of(mode, self.vectors, self.x)


def main(dataset: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = paths.training("spaen", dataset, "test") / "reconstruction.jsonl"
    metrics, folder = (
        paths.metrics("spaen", dataset, ".reconstruction.json"),
        paths.evaluation("spaen", dataset),
    )
    if spaen.skipped("spaen", dataset, [log, log.with_suffix(".csv")], []):
        write_json({}, metrics)
        leave(None, folder, "reconstruction")
        return
    file, before = paths.config(dataset, "spaen"), spaen.pretrained(dataset, "test")
    settings = params.load(file, Settings)
    problem, x, images = spaen.read(dataset, "test")
    with spaen.started(log, file, settings.seeds, [before]) as run:
        ready = pretrained.load(before, settings.spaen, run.device)
        autos = trained(problem, ready, settings.spaen, run, dataset)
        if processes.first():
            truth = load_truth(paths.prepared(dataset) / "test")
            at = tested(truth, (x, images), ready, settings.spaen.crops.size)
            errors = measured(at, problem, ready, autos)
            write_json(numbers(errors), metrics)
            leave(shown(at, autos, errors, dataset), folder, "reconstruction")


def trained(
    problem: Problem, ready: Pretrained, cfg: Config, run: Run, dataset: str
) -> dict[Mode, Autoencoder]:
    """Every architecture, of the first seed; SP-AEN's own where it was trained with F and G."""
    assert run.scratch is not None
    run = replace(run, scratch=run.scratch / "reconstruction")  # E is not that of `train_spaen`
    kept = paths.caches("spaen", dataset, "test")
    autos = {mode: fit_f(problem, ready, cfg, run, kept, mode) for mode in OTHERS}
    own = of_spaen(dataset, cfg, run.device)
    return autos | ({"spaen": own} if own else {})


def of_spaen(dataset: str, cfg: Config, device: torch.device) -> Autoencoder | None:
    """F and G; None for an E that was trained jointly by classification only, and so has none."""
    if cfg.schedule == "two_stage":
        file = spaen.autoencoder(dataset, "test") / spaen.F
        return autoencoder.load(file, "spaen", cfg, device)
    joint = load(paths.models("spaen", dataset, "test") / "spaen", device).autoencoders
    return joint[0] if joint else None


def tested(truth: Truth, of_all: tuple[Array, Rows], ready: Pretrained, size: int) -> Tested:
    """The images of unseen classes among the evaluation images.

    Args:
        truth: labels of all of them.
        of_all: features and images of all of them.
        ready: with the perceptual network.
        size: of what is compared, pixels.
    """
    x, images = of_all
    own = np.flatnonzero(~truth.seen[truth.y])
    chosen = Rows(images.array, images.index[own])
    vectors = vectors_of(ready.perceptual, chosen, size)
    return Tested(chosen, x[own], vectors, [truth.class_names[c] for c in truth.y[own]], size)


def measured(
    at: Tested, problem: Problem, ready: Pretrained, autos: Mapping[Mode, Autoencoder]
) -> dict[str, Array]:
    """Of every way to a picture each image's mean squared error, (N,)."""
    assert problem.images is not None
    mean = mean_image(problem.images, at.size)
    found = {MEAN: errors_of(mean, at.images, at.size)}
    for mode, auto in autos.items():
        found[mode] = auto.errors(at.of(mode), at.images, at.size)
    return found | {GENERATOR: straight(at, ready.generator)}


@torch.inference_mode()
def straight(at: Tested, generator: nn.Module) -> Array:
    """Errors of what the generator makes of the perceptual network's own vectors, (N,)."""
    place, found = next(generator.parameters()), []
    for begin in range(0, len(at.vectors), IMAGES):
        rows = np.arange(begin, min(begin + IMAGES, len(at.vectors)))
        made = centre(generator(torch.from_numpy(at.vectors[rows]).to(place)), at.size)
        target = whole(torch.from_numpy(at.images[rows]), at.size).to(made)
        found.append(squared_error(made, target).cpu().numpy())
    return np.concatenate(found)


def numbers(errors: Mapping[str, Array]) -> dict[str, float]:
    """Means over images, and their half widths, as metrics."""
    found = {}
    for name, each in errors.items():
        key = f"mse.{name}"
        found[key] = round(float(np.mean(each, dtype=np.float64)), 5)
        found[half_width(key)] = round(ci95(each.tolist()), 5)
    return found


def shown(
    at: Tested, autos: Mapping[Mode, Autoencoder], errors: Mapping[str, Array], dataset: str
) -> Drawn:
    """A few images with what each architecture makes of them, and the table of errors."""
    few = few_of(at.classes)
    original = at_size(at.images[few], at.size)
    made = {TITLES[m]: auto.reconstruct(at.of(m)[few], at.size) for m, auto in autos.items()}
    rows = {name: small(each) for name, each in {"test image": original, **made}.items()}
    title = f"{dataset}: reconstructed test images of unseen classes"
    picture = svg(reconstruction(rows, [at.classes[i] for i in few], title))
    return Drawn(picture, CAPTION, [table(numbers(errors), len(at.classes))])


def few_of(classes: Sequence[str]) -> Labels:
    """Positions of a few images, of as many classes as there are."""
    order = np.argsort(classes, kind="stable")
    return order[np.linspace(0, len(order) - 1, min(len(order), SHOWN)).astype(np.int64)]


def at_size(squares: Array, size: int) -> Array:
    """Whole squares, uint8 (n, S, S, 3), as reconstructions are: uint8 (n, size, size, 3)."""
    images = whole(torch.from_numpy(squares), size)
    return images.add(1).mul(127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()


def small(images: Array) -> Array:
    """uint8 images (n, s, s, 3), reduced to `SIDE` pixels where they are larger."""
    if images.shape[1] <= SIDE:
        return images
    each = [Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BOX) for image in images]
    return np.stack([np.asarray(image) for image in each])


def table(found: Mapping[str, float], images: int) -> Table:
    """The errors, beside that of the mean image."""
    lines = [
        {
            "picture": title,
            "mean squared error": f"{found[key]:.4f} ± {found[half_width(key)]:.4f}",
            "% of the mean image's": f"{100 * found[key] / found[f'mse.{MEAN}']:.1f}",
        }
        for key, title in ((f"mse.{name}", title) for name, title in TITLES.items())
        if key in found
    ]
    return Table(ABOVE.format(images=images), lines)


if __name__ == "__main__":
    enter(main)
