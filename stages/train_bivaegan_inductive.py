"""Train on seen images alone: python -m stages.train_bivaegan_inductive DATASET PHASE."""

from stages import bivaegan, paths
from stages.entry import enter
from stages.training import left_out
from zslcore.methods.bivaegan.method import fit_inductive


def main(dataset: str, phase: str) -> None:
    out = paths.models("bivaegan_inductive", dataset, phase)
    log = bivaegan.log_of(dataset, phase, "inductive")
    if left_out("bivaegan", dataset, (log, log.with_suffix(".csv")), (out,)):
        return
    given = bivaegan.read(dataset, phase)
    # the pre-tuning network is the only part of this step that may see unlabelled images
    problem, _ = given.problem(transductive=given.cfg.pretune.epochs > 0)
    with given.run("inductive") as run:
        model = fit_inductive(problem, given.cfg, run)
        model.save(out)


if __name__ == "__main__":
    enter(main)
