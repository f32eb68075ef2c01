"""The studies of Bi-VAEGAN: `python -m benchmarks.study`."""

from zslcore.report.study import Description, Table, accuracies

SCORES = ("variant", *accuracies("t1", "prior_tv"), "seeds")
EPOCHS = ("variant", "epoch", *accuracies("zsl"))
HISTORY = (*EPOCHS, *accuracies("prior_tv"))
COLUMNS = {"T1": "t1", "prior TV": "prior_tv"}

BIVAEGAN = Description(
    method="Bi-VAEGAN",
    introduction="""\
Variants of the method, trained by `python -m benchmarks.study STUDY {dataset}` and measured after
the last epoch; they are committed results and no part of `dvc repro`. Whatever has a known prior
is an upper bound and no zero-shot result.
""",
    files={
        **{name: SCORES for name in ("published", "convergence")},
        **{f"{name}-epochs": HISTORY for name in ("published", "convergence")},
        "priors": SCORES,
        "ablation": SCORES,
        "radius": SCORES,
        "knowledge": SCORES,
        "normalization-epochs": EPOCHS,
        "values": ("normalization", "kind", "low", "high", "density"),
        "per-class": ("variant", "class", "accuracy", "low", "high"),
        "tsne": ("space", "kind", "class", "x", "y"),
    },
    tables={
        "published": Table(
            "The released code's setting, measured after its eight epochs:", COLUMNS
        ),
        "convergence": Table("The same for longer, and with an estimated prior:", COLUMNS),
        "priors": Table("The prior of the unseen classes, assumed, estimated or known:", COLUMNS),
        "ablation": Table(
            "Parts of the method, with a known prior; inductive ones know none:", COLUMNS
        ),
    },
    captions={
        "convergence": "T1, and total variation from the prior in use to the true frequencies, by "
        "epoch. No epoch was chosen: tables have the last.",
        "priors": "T1, and total variation from the final prior to the true frequencies.",
        "ablation": "T1 of parts of the method, with a known prior; inductive ones know none.",
        "radius": "T1 by the length r of the visual features, with a known prior.",
        "normalization": "Values of single features of unseen classes, real and synthesised, and "
        "T1 while training, with generator and critics alone and a known prior.",
        "knowledge": "T1 by what describes the classes, with and without the transductive "
        "regressor (TR), with a known prior. Prototypes are means of labelled images of the unseen "
        "classes too: a few-shot oracle, not zero-shot learning.",
        "augmentation": "Above, accuracy of the unseen classes, lines from the least to the most "
        "of a seed; below, features by t-SNE of the pair that is confused most and of large "
        "classes.",
    },
)
