"""The studies of SP-AEN: `python -m benchmarks.spaen_study`."""

from zslcore.report.study import Description, Table, accuracies

COLUMNS = {
    **{"T1": "t1", "U": "u", "S": "s", "H": "h", "AUSUC": "ausuc"},
    **{"uncalibrated H": "uncalibrated_h", "100 MSE": "mse"},
}
NUMBERS = accuracies(*COLUMNS.values())
ERRORS = {
    **{"SP-AEN": "spaen", "SplitBranch": "splitbranch", "SAE": "sae", "DirectMap": "directmap"},
    **{"generator alone": "generator", "mean image": "mean_image"},
}
PICTURES = ("variant", "class", "picture")

SPAEN = Description(
    method="SP-AEN",
    introduction="""\
Variants of the method, by `python -m benchmarks.spaen_study STUDY {dataset}`; they are committed
results and no part of `dvc repro`. Each was trained on the val and on the test phase and measured
after the last step; its handicap is the one that its own val scores ask for. *MSE* is the mean
squared error of G(F(x)) over test images of unseen classes, pixels scaled to [-1, 1].
""",
    files={
        "spaen-parts": ("variant", *NUMBERS, "seeds"),
        "spaen-alpha": ("variant", "alpha", *NUMBERS, "seeds"),
        "spaen-alpha-pictures": PICTURES,
        "spaen-modes": ("variant", *accuracies(*ERRORS.values()), "seeds"),
        "spaen-modes-pictures": PICTURES,
    },
    tables={
        "spaen-parts": Table("Classification only (Table 2), and other parts:", COLUMNS),
        "spaen-alpha": Table(
            "The weight alpha of the reconstruction (Figure 5), all networks trained jointly:",
            COLUMNS,
        ),
        "spaen-modes": Table(
            "Ways to a picture (Table 3, Figure 6) by the length of training, all networks trained "
            "anew for each seed: 100 MSE over test images of unseen classes.",
            ERRORS,
        ),
    },
    captions={
        "spaen-parts": "H and T1 by variant, lines are 95 % over seeds.",
        "spaen-alpha": "Accuracies and the error of the pictures over alpha (Figure 5), bands are "
        "95 % over seeds.",
        "spaen-alpha-pictures": "Test images of unseen classes and G(F(x)) of the first seed, the "
        "reconstruction weighing less from row to row (Figure 5).",
        "spaen-modes-pictures": "Test images of unseen classes and G(F(x)) of the first seed, by "
        "the steps of the generator's training, and of F's and G's after it.",
    },
)
