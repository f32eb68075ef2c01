"""The studies of PADing: `python -m benchmarks.pading_study`."""

from zslcore.report.study import Description, Table, accuracies

GROUPS = {"S": "seen", "U": "unseen", "H": "hm"}
ALL_TASKS = {"PQ": "panoptic.pq", "AP50": "instance.ap50", "mIoU": "semantic.miou"}
COLUMNS = {
    f"{title} {letter}": f"{metric}.{group}"
    for title, metric in ALL_TASKS.items()
    for letter, group in GROUPS.items()
}
PANOPTIC = {title: column for title, column in COLUMNS.items() if title.startswith("PQ")}
NUMBERS = ("variant", *accuracies(*COLUMNS.values()), "seeds")

PADING = Description(
    method="PADing",
    introduction="""\
Variants of the method, by `python -m benchmarks.pading_study STUDY {dataset}`; they are committed
results and no part of `dvc repro`. All learn from the same embeddings of one segmenter, and are
measured after the last step. **S**, **U** and **H** are seen and unseen classes and the harmonic
mean of both means.
""",
    files=dict.fromkeys(("pading-ablation", "pading-primitives", "pading-forms"), NUMBERS),
    tables={
        "pading-ablation": Table(
            "Rows of Tables 1 and 2: P are primitives, A the alignment of relations; PADing has "
            "the disentanglement too. One segmenter serves all three tasks:",
            COLUMNS,
        ),
        "pading-primitives": Table("How many primitives there are (Table 3):", PANOPTIC),
        "pading-forms": Table("Where the paper and its code differ, one at a time:", PANOPTIC),
    },
    captions={
        name: f"Panoptic quality of unseen classes, and its harmonic mean with that of seen ones, "
        f"{what}; lines are 95 % over seeds."
        for name, what in {
            "pading-ablation": "by part of the method",
            "pading-primitives": "by the number of primitives",
            "pading-forms": "by form",
        }.items()
    },
)
