"""The studies of DEDN: `python -m benchmarks.dedn_study`."""

from zslcore.report.study import Description, Table, accuracies

COLUMNS = {
    **{"T1": "t1", "U": "u", "S": "s", "H": "h", "AUSUC": "ausuc"},
    "uncalibrated U": "uncalibrated_u",
    "uncalibrated S": "uncalibrated_s",
    "uncalibrated H": "uncalibrated_h",
}
NUMBERS = accuracies(*COLUMNS.values())
SCORES = ("variant", *NUMBERS, "seeds")

DEDN = Description(
    method="DEDN",
    introduction="""\
Variants of the method, by `python -m benchmarks.dedn_study STUDY {dataset}`; they are committed
results and no part of `dvc repro`. Each was trained on the val and on the test phase and measured
after the last epoch; its handicap is the one that its own val scores ask for. *Uncalibrated* is
without one: with the margin of the settings alone, as the paper has it.
""",
    files={
        "dedn-ablation": SCORES,
        "dedn-clusters": SCORES,
        "dedn-mixture": ("parameter", "value", *NUMBERS),
    },
    tables={
        "dedn-ablation": Table(
            "Parts of the method: cExp is the coarse expert, which has all attributes in one "
            "network, fExp the fine one with a network for each cluster, MAL the margin-aware "
            "loss:",
            COLUMNS,
        ),
        "dedn-clusters": Table(
            "What the fine expert's clusters are: as the settings divide the attributes, by "
            "k-means on vectors of their names, half as many, or all in one. K-means may find "
            "the very clusters of the settings; then the numbers are the same:",
            COLUMNS,
        ),
    },
    captions={
        "dedn-ablation": "T1 and calibrated H of parts of the method, lines are 95 % over seeds.",
        "dedn-clusters": "T1 and calibrated H by the clusters of the fine expert, lines are 95 % "
        "over seeds.",
        "dedn-mixture": "What the weights at inference do, each swept by itself with the same "
        "models and the others as in the settings: lambda_e weighs the coarse expert, lambda_rc "
        "the region branch, and the margin is added to unseen classes' scores and taken off seen "
        "ones'. Calibration, chosen on val for every point, makes up for any margin, so that "
        "panel shows accuracies without it. Drawn from test labels; nothing was chosen on it.",
    },
)
