"""Tables and figures of all methods and datasets that are run: python -m stages.report."""

from stages import paths
from stages.entry import enter
from zslcore.report.collect import collect
from zslcore.report.published import published
from zslcore.report.studies import read
from zslcore.report.write import write
from zslcore.runtime import params


class Settings(params.Params):
    datasets: tuple[str, ...]
    methods: tuple[str, ...]
    segmentation_datasets: tuple[str, ...]
    segmentation_methods: tuple[str, ...]


def main() -> None:
    settings = params.load(paths.report_config(), Settings)
    results = collect(settings.datasets, settings.methods, paths.METRICS, paths.EVALUATION)
    segmented = collect(
        *(settings.segmentation_datasets, settings.segmentation_methods),
        *(paths.METRICS, paths.EVALUATION),
    )
    datasets = (*settings.datasets, *settings.segmentation_datasets)
    studies = {dataset: read(paths.studies(dataset)) for dataset in datasets}
    write(results, published(), paths.REPORTS, studies, segmented)


if __name__ == "__main__":
    enter(main)
