"""Raw files, or the generator, become two zero-shot problems: python -m stages.prepare DATASET."""

from stages import paths
from stages.entry import enter
from zslcore.data import prepared, protocol
from zslcore.data.card import card
from zslcore.data.sources.config import Source
from zslcore.data.sources.load import load
from zslcore.runtime import params
from zslcore.text.means import means


class Settings(params.Params):
    seed: int
    dataset: Source


def main(dataset: str) -> None:
    settings = params.load(paths.config(dataset, "prepare"), Settings)
    found = load(settings.dataset, paths.raw(dataset), dataset, settings.seed, means)
    phases = protocol.phases(found, settings.seed)

    out = paths.prepared(dataset)
    prepared.save_dataset(found, out)
    for name, phase in phases.items():
        prepared.save_phase(found, phase, out / name)
    prepared.save_card(card(found, phases), out)


if __name__ == "__main__":
    enter(main)
