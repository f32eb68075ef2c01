"""The studies of CLAREL: `python -m benchmarks.clarel_study`."""

from zslcore.report.study import Description, Table, accuracies

COLUMNS = {
    **{"T1": "t1", "U": "u", "S": "s", "H": "h"},
    "H at alpha 0": "uncalibrated_h",
    "text R@1": "text_r1",
    "text R@1 in class": "text_in_class_r1",
    "image R@1 in class": "image_in_class_r1",
}
KNOWN = {"T1": "t1", "U": "u", "S": "s", "H": "h", "H at alpha 0": "uncalibrated_h"}
NUMBERS = accuracies(*COLUMNS.values())

CLAREL = Description(
    method="CLAREL",
    introduction="""\
Variants of the method, by `python -m benchmarks.clarel_study STUDY {dataset}`; they are committed
results and no part of `dvc repro`. Each was trained on the val and on the test phase and measured
after the last step; its alpha is the one that its own val scores ask for. *R@1* is how often the
own captions (or the own image) are the nearest, among all held-out images of seen classes or among
those of the same class.
""",
    files={
        "clarel-losses": ("variant", "lam", "kappa", *NUMBERS, "seeds"),
        "clarel-parts": ("variant", *NUMBERS, "seeds"),
        "clarel-prototypes": ("variant", *accuracies(*KNOWN.values()), "seeds"),
        "clarel-alpha": ("phase", "alpha", *accuracies("u", "s", "h")),
    },
    tables={
        "clarel-losses": Table(
            "The share lambda of text retrieval in the retrieval losses, and the share kappa of "
            "the classification losses (Table 3):",
            COLUMNS,
        ),
        "clarel-parts": Table("Which captions an image is paired with, and other parts:", COLUMNS),
        "clarel-prototypes": Table(
            "What a class is known by: captions of all its images or of so many; of seen classes "
            "those of training images alone; or of all images but the one that is classified, "
            "which takes labels and is a diagnosis:",
            KNOWN,
        ),
    },
    captions={
        "clarel-lambda": "Accuracies over lambda (Figure 3), bands are 95 % over seeds.",
        "clarel-kappa": "Accuracies over kappa (Figure 4), bands are 95 % over seeds.",
        "clarel-alpha": "Accuracies over alpha (Figure 2) on val, where it is chosen, and on test, "
        "where nothing was chosen; bands are 95 % over seeds.",
        "clarel-parts": "H, and how often an image finds its own captions among those of its "
        "class, lines are 95 % over seeds.",
    },
)
