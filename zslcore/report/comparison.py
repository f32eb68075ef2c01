"""Our numbers beside published ones, and whether the two compare."""

import pandas as pd
from pandas import DataFrame

from zslcore.metrics.names import BEST_EPOCH
from zslcore.report.collect import Results
from zslcore.report.protocol import differences
from zslcore.report.text import percent, points, records


def comparison(results: Results, published: DataFrame) -> DataFrame:
    """Our numbers beside published ones of the same dataset, row and metric.

    "same protocol?" is "yes" only where setting, split, features, class vectors and the way of
    choosing the model are the same; "why" says what is not.
    """
    ours = results.metrics.dropna(subset="value").rename(
        columns={"value": "ours", "setting": "our_setting"}
    )
    theirs = pd.concat([published, _at_best_epoch(published)])
    lines = []
    for line in records(ours.merge(theirs, on=["dataset", "row", "metric"])):
        about = results.provenance.get((line["dataset"], line["method"]), {})
        why = differences(about, line["our_setting"], line)
        lines.append(
            {
                "dataset": line["dataset"],
                "method": f"`{line['row']}`",
                "metric": f"`{line['metric']}`",
                "ours": percent(line["ours"], line["ci95"]),
                "published": percent(line["value"]),
                "difference": points(line["ours"] - line["value"]),
                "same protocol?": "no" if why else "yes",
                "why": "; ".join([*why, line["note"]] if line["note"] else why),
                "source": line["source"],
            }
        )
    return DataFrame(lines)


def _at_best_epoch(published: DataFrame) -> DataFrame:
    """Published T1 of models chosen on test, to stand beside ours of the test-best epoch."""
    chosen = published[(published["metric"] == "zsl.acc") & (published["selection"] == "test")]
    notes = [
        f"ours is at its test-best epoch; {note}".removesuffix("; ") for note in chosen["note"]
    ]
    return chosen.assign(metric=BEST_EPOCH, note=notes)
