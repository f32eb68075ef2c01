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


def half_width(key: str) -> str:
    """The key of the 95 % confidence interval's half width over seeds."""
    return f"{key}_ci95"
