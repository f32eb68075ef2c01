"""Published numbers to stand beside ours. `published.csv` says of each where it is printed."""

from pathlib import Path

import pandas as pd
from pandas import DataFrame

from zslcore.report.settings import INDUCTIVE

# notes that tell what a published model knew beyond the seen classes; without one, it is nothing
SETTINGS = {
    "transductive, with the true class frequencies of the unseen test images": (
        "transductive, known prior"
    ),
}


def published() -> DataFrame:
    """One number per line, accuracies in [0, 1]; `row` and `metric` are named as ours.

    `selection` says what the published model was chosen on: validation, test or not stated;
    `setting` what it knew; `note` what else there is to say.
    """
    path = Path(__file__).with_name("published.csv")
    table = pd.read_csv(path, keep_default_na=False).rename(columns={"method": "row"})
    setting = table["note"].map(SETTINGS)
    note = table["note"].where(setting.isna(), "")
    return table.assign(setting=setting.fillna(INDUCTIVE), note=note)
