import subprocess
import sys

import pandas as pd
import pytest

from zslcore.report.published import published
from zslcore.report.write import write

CURVE = "method,unseen,seen\neszsl,0.0,0.5\neszsl,0.3,0.0\n"
PER_CLASS = "method,class,seen,images,zsl,gzsl\neszsl,cat,False,3,0.5,0.4\neszsl,dog,True,3,,0.5\n"
INTERVALS = "method,metric,low,high\neszsl,zsl.acc,0.4,0.6\neszsl,gzsl.h,0.2,0.3\n"


@pytest.fixture
def results(write_cell, read):
    """One evaluated cell out of four."""
    metrics = {"eszsl.zsl.acc": 0.5, "eszsl.gzsl.h": 0.25, "eszsl.gzsl_uncalibrated.h": 0.1}
    tables = {"curve": CURVE, "per_class": PER_CLASS, "intervals": INTERVALS}
    write_cell("baselines", "awa1", metrics, **tables)
    return read(["baselines", "dedn"], ("awa1", "cub"))


def test_files(results, tmp_path):
    write(results, published(), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("README.md", "awa1-curves.svg", "awa1-h.svg", "awa1-per-class.svg", "index.html"),
        "results.csv",
    ]


def test_the_page_shows_every_figure_once_and_no_other(results, tmp_path):
    write(results, published(), tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    for figure in tmp_path.glob("*.svg"):
        assert page.count(f"]({figure.name})") == 1
    assert page.count(".svg)") == 3


def test_the_page_has_every_dataset_and_missing_cell(results, tmp_path):
    write(results, published(), tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert page.index("## awa1") < page.index("| `eszsl` | 50.0 |") < page.index("## cub")
    assert page.count("| `dedn` | n/a |") == 2
    assert "split proposed-v1 (aaaaaaaa), features res101 (bbbbbbbb)" in page
    assert "Computed with numpy 1.0, torch 2.0." in page


def test_rows_that_knew_more_stand_under_a_heading_of_their_own(write_cell, read, tmp_path):
    tables = {
        "training": "method,epoch,zsl,zsl_ci95,prior_tv,prior_tv_ci95\nm,1,0.5,0,0.2,0\n",
        "prior": "method,class,true,estimated,low,high\nm,cat,1,1,1,1\n",
    }
    settings = {"m": "transductive", "bare": "inductive"}
    metrics = {"zsl.acc": 0.5, "bare.zsl.acc": 0.4}
    write_cell("m", "awa1", metrics, settings=settings, **tables)
    write(read(["m"]), published(), tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    order = [page.index(text) for text in ("### Inductive", "`bare`", "### Transductive", "`m`")]
    assert order == sorted(order)
    for name, caption in (
        ("prior", "The true shares were counted after training, from test labels.*"),
        ("training", "Drawn after training, from test labels; nothing was chosen on it.*"),
    ):
        below = page.split(f"![awa1-{name}](awa1-{name}.svg)\n\n")[1]
        assert below.split("\n")[0].endswith(caption)
        assert (tmp_path / "out" / f"awa1-{name}.svg").exists()


def test_inductive_rows_alone_need_no_heading(results, tmp_path):
    write(results, published(), tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    headings = [line for line in page.splitlines() if line.startswith("###")]
    assert headings == ["### Figures", "### Same protocol"]


def test_published_numbers_are_split_by_protocol(results, tmp_path):
    """Published: T1 58.2 and uncalibrated H 12.1, on the same protocol and on another one."""
    theirs = published()
    theirs.loc[theirs["metric"] == "zsl.acc", "split"] = "other"
    write(results, theirs, tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    same = page.index("### Same protocol")
    other = page.index("### Another protocol")
    assert same < page.index("| 10.0 | 12.1 | -2.1 | yes |") < other
    assert other < page.index(
        "| 50.0 | 58.2 | -8.2 | no | split: ours proposed-v1, published other"
    )


def test_nothing_published_is_said(results, tmp_path):
    write(results, published()[:0], tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "None is known for these datasets and methods." in page


def test_results_come_back_from_the_csv(results, tmp_path):
    write(results, published(), tmp_path)
    assert "cub,dedn,dedn,n/a,gzsl.h,n/a,n/a\n" in (tmp_path / "results.csv").read_text()
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "results.csv"), results.metrics)


def test_the_same_results_are_the_same_bytes(results, tmp_path):
    for name in ("one", "two"):
        write(results, published(), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_nothing_slow_is_imported_before_there_is_something_to_draw():
    code = "import sys, zslcore.report.write; print({'torch', 'matplotlib'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"
