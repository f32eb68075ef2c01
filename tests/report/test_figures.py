"""Which figures there are, and that they are the same every time."""

import pytest

from zslcore.report.figures import draw

TABLES = {
    "curve": "method,unseen,seen\nm,0.0,0.5\nm,0.3,0.0\n",
    "per_class": "method,class,seen,images,zsl,gzsl\nm,cat,False,3,0.5,0.4\n",
    "intervals": "method,metric,low,high\nm,gzsl.h,0.2,0.3\n",
    "prior": "method,class,true,estimated,low,high\nm,cat,1,0.9,0.8,1\n",
    "training": "method,epoch,zsl,zsl_ci95,prior_tv,prior_tv_ci95\nm,1,0.5,0.1,0.2,0.1\n",
}
SHOWS = {"curve": "curves", "per_class": "per-class", "prior": "prior", "training": "training"}


@pytest.mark.parametrize("setting", ["inductive", "transductive"])
def test_the_same_numbers_are_the_same_bytes(write_cell, read, setting):
    write_cell("m", "awa1", {"gzsl.h": 0.25}, settings={"m": setting}, **TABLES)
    first = draw(read(["m"]), "awa1")
    assert len(first) == 5
    assert first == draw(read(["m"]), "awa1")
    for figure in first.values():
        assert figure.startswith(b"<?xml")
        assert b"<dc:date>" not in figure


@pytest.mark.parametrize("table", SHOWS)
def test_a_figure_is_there_if_its_numbers_are(write_cell, read, table):
    write_cell("m", "awa1", {"zsl.acc": 0.25}, **{table: TABLES[table]})
    write_cell("m", "cub", {"zsl.acc": 0.25})
    results = read(["m"], ("awa1", "cub"))
    assert list(draw(results, "awa1")) == [f"awa1-{SHOWS[table]}.svg"]
    assert draw(results, "cub") == {}
