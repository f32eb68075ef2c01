"""The metrics, as they are called in files and in tables, in the order of a table's columns."""

TITLES = {
    "zsl.acc": "T1",
    "gzsl.unseen": "U",
    "gzsl.seen": "S",
    "gzsl.h": "H",
    "gzsl.ausuc": "AUSUC",
    "gzsl_uncalibrated.unseen": "uncalibrated U",
    "gzsl_uncalibrated.seen": "uncalibrated S",
    "gzsl_uncalibrated.h": "uncalibrated H",
    "oracle.h": "oracle H (not a valid result: handicap chosen on test)",
}

KEYS = tuple(TITLES)

BEST_EPOCH = "oracle.best_epoch.zsl.acc"

# of rows whose training was monitored, or that have a class prior of the unseen classes
TRAINING_TITLES = {
    BEST_EPOCH: "T1 of the test-best epoch (not a valid result)",
    "prior.tv": "prior TV",
    "prior.tv_uniform": "prior TV if uniform",
}


def half_width(key: str) -> str:
    """The key of the 95 % confidence interval's half width over seeds."""
    return f"{key}_ci95"
