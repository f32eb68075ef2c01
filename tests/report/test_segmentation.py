"""The section of segmentation: rows in the paper's order, what is left out, published numbers."""

import json

import pandas as pd
import pytest

from zslcore.report import drawn
from zslcore.report.as_markdown import as_markdown
from zslcore.report.blocks import Prose
from zslcore.report.drawn import Drawn
from zslcore.report.published import published as of_others
from zslcore.report.segmentation import published, sections, tables
from zslcore.report.write import write

METRICS = {
    "panoptic.pq.seen": 0.5,
    "panoptic.pq.unseen": 0.25,
    "panoptic.pq.hm": 0.3333,
    "panoptic.pq.unseen_ci95": 0.0123,
    "panoptic.found.unseen": 4.3333,
    "panoptic.absent.seen": 0,
    "panoptic.absent.unseen": 2,
    "semantic.miou.hm": 0.125,
    "supervised.panoptic.pq.unseen": 0.0,
    "supervised.panoptic.pq.unseen_ci95": 0.0,
    "gmmn.panoptic.pq.unseen": 0.1,
    "gmmn.panoptic.absent.unseen": 1,
}
SETTINGS = dict.fromkeys(("pading", "supervised", "gmmn"), "inductive")


@pytest.fixture
def segmented(write_cell, read, provenance):
    """A dataset that was evaluated, and one that was not."""
    about = {**provenance, "split": {"name": "scenes", "unseen": ["lime solid"]}}
    write_cell("pading", "scenes", METRICS, settings=SETTINGS, provenance=about)
    return read(["pading"], ("scenes", "coco"))


def test_rows_are_in_the_papers_order_with_intervals(segmented):
    first, second = tables(segmented.metrics.dropna(subset="value"))
    assert first["row"].tolist() == ["supervised", "GMMN", "PADing"]
    assert first["PQ U"].tolist() == ["0.0", "10.0", "25.0 ± 1.2"]
    assert first["PQ H"].tolist() == ["n/a", "n/a", "33.3"]
    assert first["unseen classes found"].tolist()[-1] == "4.33"
    assert second.columns[0] == "row"
    assert second["mIoU H"].tolist() == ["n/a", "n/a", "12.5"]


def test_tasks_without_numbers_have_no_table(segmented):
    ours = segmented.metrics.dropna(subset="value")
    (only,) = tables(ours[~ours["metric"].str.startswith("semantic")])
    assert "PQ S" in only
    (only,) = tables(ours[ours["metric"].str.startswith("semantic")])
    assert "mIoU S" in only


def test_a_row_that_the_paper_has_not_comes_last_by_its_name():
    lines = [("other", 0.5), ("pading", 0.25)]
    numbers = pd.DataFrame(
        [{"row": row, "metric": "panoptic.pq.seen", "value": value} for row, value in lines]
    )
    (table,) = tables(numbers)
    assert table["row"].tolist() == ["PADing", "`other`"]


def test_classes_left_out_are_told(segmented):
    page = as_markdown(sections(segmented, {}))
    assert "Left out of panoptic quality, as they do not occur: up to 0 seen and 2 unseen" in page
    assert "Left out of mIoU" not in page


def test_a_dataset_that_was_not_evaluated_says_so(segmented):
    page = as_markdown(sections(segmented, {}))
    assert page.index("### scenes") < page.index("### coco\n\nNot evaluated.")


def test_studies_end_the_section_of_their_dataset(segmented):
    page = as_markdown(sections(segmented, {"scenes": [Prose("Studies.")]}))
    assert page.index("### scenes") < page.index("Studies.") < page.index("### coco")


def test_published_numbers_stand_beside_and_are_another_protocol(segmented):
    page = as_markdown(sections(segmented, {}))
    assert page.count("## Zero-shot segmentation") == 1
    assert "This is another protocol than scenes, coco, for orientation." in page
    assert "| PADing | 41.5 | 15.3 | 22.3 | 80.6 | 72.8 | 76.5 | 49.7 | 18.4 | 26.8 |" in page


def test_the_published_split_is_recognised(write_cell, read, provenance):
    about = {**provenance, "split": {"name": "panoptic_119_14"}}
    write_cell("pading", "coco", METRICS, settings=SETTINGS, provenance=about)
    page = as_markdown(sections(read(["pading"], ("coco",)), {}))
    assert "This is the same split as coco." in page


def test_published_harmonic_means_are_those_of_the_published_means():
    """Within rounding, or truncation, of the last digit; each row has what its table has."""
    table = published()
    numbers = {(n.row, n.metric): n.value for n in table.itertuples(index=False)}
    assert not table.duplicated(["row", "metric"]).any()
    for row, metric in numbers:
        task, group = metric.rsplit(".", 1)
        seen, unseen = (numbers[row, f"{task}.{each}"] for each in ("seen", "unseen"))
        if group == "hm":
            expected = 2 * seen * unseen / (seen + unseen)
            assert numbers[row, metric] == pytest.approx(expected, abs=0.0015), (row, metric)
    assert len(table) == 6 * 12 + 5 * 6


def test_the_section_stands_in_the_page_and_its_numbers_in_the_csv(
    segmented, write_cell, read, tmp_path, monkeypatch
):
    monkeypatch.setitem(drawn.NAMES, "pading", ("segmentation",))
    folder = tmp_path / "evaluation" / "pading" / "scenes"
    (folder / "segmentation.svg").write_text("<svg/>")
    (folder / "segmentation.json").write_text(json.dumps(Drawn(b"", "seen so").about()))
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.5})
    both = read(["pading"], ("scenes", "coco"))
    write(read(["baselines"]), of_others(), tmp_path / "out", {}, both)
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    own = ("\n#### pading: segmentation\n", "*seen so*")
    places = ["\n## awa1", "\n## Zero-shot segmentation", *own, "\n## Beside published numbers"]
    assert [page.index(text) for text in places] == sorted(page.index(text) for text in places)
    assert (tmp_path / "out" / "scenes-pading-segmentation.svg").read_text() == "<svg/>"
    lines = (tmp_path / "out" / "results.csv").read_text()
    assert "awa1,baselines,eszsl,inductive,zsl.acc,0.5," in lines
    assert "scenes,pading,gmmn,inductive,panoptic.pq.unseen,0.1," in lines


def test_without_datasets_of_segmentation_there_is_no_section(read, write_cell, tmp_path):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.5})
    results = read(["baselines"])
    write(results, of_others(), tmp_path / "one")
    write(results, of_others(), tmp_path / "two", {}, read(["pading"], ()))
    for name in ("README.md", "results.csv"):
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two
        assert b"segmentation" not in one
