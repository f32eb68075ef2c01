"""Published numbers to stand beside ours. `published.csv` says of each where it is printed."""

from pathlib import Path

import pandas as pd
from pandas import DataFrame


def published() -> DataFrame:
    """One number per line, accuracies in [0, 1]; `row` and `metric` are named as ours.

    `selection` says what the published model was chosen on: validation, test or not stated.
    """
    path = Path(__file__).with_name("published.csv")
    return pd.read_csv(path, keep_default_na=False).rename(columns={"method": "row"})
