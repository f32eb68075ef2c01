"""Studies: their tables, their section of the page, and which figures there are."""

import numpy as np
import pytest
from pandas import DataFrame

from zslcore.report import studies
from zslcore.report.as_markdown import as_markdown
from zslcore.report.figures import draw_studies
from zslcore.report.packed import packed
from zslcore.report.plots import studies_clarel, studies_spaen
from zslcore.report.published import published
from zslcore.report.studies import FILES, METHODS, sections
from zslcore.report.write import write

DEDN = (
    "t1,t1_ci95,u,u_ci95,s,s_ci95,h,h_ci95,ausuc,ausuc_ci95,uncalibrated_u,uncalibrated_u_ci95,"
    "uncalibrated_s,uncalibrated_s_ci95,uncalibrated_h,uncalibrated_h_ci95,seeds"
)
CLAREL = (
    "t1,t1_ci95,u,u_ci95,s,s_ci95,h,h_ci95,uncalibrated_h,uncalibrated_h_ci95,text_r1,text_r1_ci95,"
    "text_in_class_r1,text_in_class_r1_ci95,image_in_class_r1,image_in_class_r1_ci95,seeds"
)
SPAEN = (
    "t1,t1_ci95,u,u_ci95,s,s_ci95,h,h_ci95,ausuc,ausuc_ci95,uncalibrated_h,uncalibrated_h_ci95,"
    "mse,mse_ci95,seeds"
)
MODES = ",".join(
    f"{name},{name}_ci95"
    for name in ("spaen", "splitbranch", "sae", "directmap", "generator", "mean_image")
)
OF_MODES = ",".join(["0.12,0.01"] * 6)
OF_SPAEN = "0.5,0.01,0.4,0.02,0.6,0.03,0.48,0.04,0.3,0.05,0.2,0.06,0.05,0.004,5"
NUMBERS = "0.5,0.01,0.4,0.02,0.6,0.03,0.48,0.04,0.3,0.05,0.2,0.06,0.8,0.07,0.32,0.08,5"
OF_PADING = {
    f"{metric}.{group}": 0.01 * i
    for i, metric in enumerate(("panoptic.pq", "instance.ap50", "semantic.miou"), start=1)
    for group in ("seen", "unseen", "hm")
}
PADING = ",".join(f"{name},{name}_ci95" for name in OF_PADING)
NUMBERS_OF_PADING = ",".join(f"{value},0.004" for value in OF_PADING.values())
PICTURE = packed(np.full((4, 4, 3), 200, np.uint8))
HEADER = "variant,t1,t1_ci95,prior_tv,prior_tv_ci95,seeds,seconds,changes\n"
TEXTS = {
    **{name: f"{HEADER}known,0.4,0.1,0,0,3,9,{{}}\n" for name in ("published", "convergence")},
    **{
        f"{name}-epochs": "variant,epoch,zsl,zsl_ci95,prior_tv,prior_tv_ci95\n"
        f"{name},0,,,0.2,0.1\n{name},1,0.5,0.1,0.2,0.1\n"
        for name in ("published", "convergence")
    },
    "priors": f'{HEADER}"CPE, visual",0.612,0.021,0.3,0.05,5,9,{{}}\noracle,0.7,0,0,0,1,9,{{}}\n',
    "ablation": f"{HEADER}inductive,0.4,0.1,,,5,9,{{}}\nnull,0.5,0.1,0.0,0.0,5,9,{{}}\n",
    "radius": f"{HEADER}1,0.6,0.1,0,0,5,9,{{}}\n10,0.5,0.1,0,0,5,9,{{}}\n",
    "knowledge": f"{HEADER}prototypes of all,0.6,0.1,0,0,5,9,{{}}\n",
    "normalization-epochs": "variant,epoch,zsl,zsl_ci95,prior_tv,prior_tv_ci95\nl2,0,,,0,0\nl2,1,"
    "0.5,0.1,0,0\n",
    "values": "normalization,kind,low,high,density\nl2,real,0,1,0.6\nl2,synthesised,0,1,0.5\n",
    "per-class": "variant,class,accuracy,low,high\nwith,007,0.6,0.5,0.7\n",
    "tsne": "space,kind,class,x,y\nvisual,real,007,0,1\nvisual,synthesised,007,1,1\n",
    "dedn-ablation": f"variant,{DEDN},seconds,changes\nfull,{NUMBERS},9,{{}}\n",
    "dedn-clusters": f"variant,{DEDN},seconds,changes\nsingle,{NUMBERS},9,{{}}\n",
    "clarel-losses": f"variant,lam,kappa,{CLAREL},changes\nhalf,0.5,0.5,{NUMBERS},{{}}\n",
    "clarel-parts": f"variant,{CLAREL},changes\nclass_mean,{NUMBERS},{{}}\n",
    "clarel-prototypes": f"variant,{DEDN}\nstrict,{NUMBERS}\n",
    "clarel-alpha": "phase,alpha,u,u_ci95,s,s_ci95,h,h_ci95\nval,0.1,0.5,0.1,0.4,0.1,0.3,0.1\n"
    "test,0.1,0.5,0.1,0.4,0.1,0.3,0.1\n",
    "spaen-parts": f"variant,{SPAEN},seconds,changes\nlinear critic,{OF_SPAEN},9,{{}}\n",
    "spaen-alpha": f"variant,alpha,{SPAEN},seconds,changes\nalpha 3,3,{OF_SPAEN},9,{{}}\n"
    f"alpha 0.1,0.1,{OF_SPAEN},9,{{}}\n",
    "spaen-modes": f"variant,{MODES},seeds,changes\n600 steps,{OF_MODES},3,{{}}\n",
    **{
        f"spaen-{name}-pictures": "variant,class,picture\n"
        f"test image,007,{PICTURE}\n{name} 3,007,{PICTURE}\n"
        for name in ("alpha", "modes")
    },
    **{
        f"pading-{name}": f"variant,{PADING},seeds\nP,{NUMBERS_OF_PADING},3\n"
        for name in ("ablation", "primitives", "forms")
    },
    "dedn-mixture": f"parameter,value,{DEDN}\nlambda_e,0.5,{NUMBERS}\nmargin,1,{NUMBERS}\n",
}
FIGURES = {
    **{"published": [], "convergence": []},
    **{f"{name}-epochs": ["convergence"] for name in ("published", "convergence")},
    **{name: [name] for name in ("priors", "ablation", "radius", "knowledge")},
    **{"normalization-epochs": ["normalization"], "values": ["normalization"]},
    **{"per-class": ["augmentation"], "tsne": ["augmentation"]},
    **{
        name: [name] for name in TEXTS if name.startswith(("dedn-", "clarel-", "spaen-", "pading-"))
    },
    **{
        "clarel-losses": ["clarel-lambda", "clarel-kappa"],
        "clarel-prototypes": [],
        "spaen-modes": [],
    },
}
ALL = [
    *("convergence", "priors", "ablation", "radius", "normalization", "knowledge", "augmentation"),
    *("clarel-lambda", "clarel-kappa", "clarel-alpha", "clarel-parts"),
    *("dedn-ablation", "dedn-clusters", "dedn-mixture"),
    *("spaen-parts", "spaen-alpha", "spaen-alpha-pictures", "spaen-modes-pictures"),
    *("pading-ablation", "pading-primitives", "pading-forms"),
]


@pytest.fixture
def folder(tmp_path):
    """Writes some of the files, by default all."""

    def written(names=tuple(TEXTS), **changed):
        (tmp_path / "d").mkdir()
        for name in names:
            (tmp_path / "d" / f"{name}.csv").write_text({**TEXTS, **changed}[name])
        return tmp_path / "d"

    return written


def test_a_dataset_without_a_folder_has_no_studies(tmp_path):
    assert studies.read(tmp_path / "none") == {}
    assert sections({}, "d", {}) == []
    assert draw_studies({}, "d") == {}


def test_every_file_is_read_and_no_other(folder):
    path = folder()
    (path / "else.csv").write_text(HEADER)
    assert set(studies.read(path)) == set(FILES)


def test_names_are_texts(folder):
    study = studies.read(folder())
    assert study["per-class"]["class"].tolist() == ["007"]
    assert study["radius"]["variant"].tolist() == ["1", "10"]
    assert study["ablation"]["variant"].tolist() == ["inductive", "null"]


def test_a_column_that_is_missing_is_named_with_its_file(folder):
    path = folder(["radius"], radius="variant,t1\n1,0.5\n")
    with pytest.raises(ValueError, match=r"radius\.csv: no column t1_ci95, prior_tv.*variant, t1"):
        studies.read(path)


def test_the_tables_keep_the_order_of_the_study(folder):
    page = as_markdown(sections(studies.read(folder(["priors", "ablation"])), "d", {}))
    assert "### Studies of Bi-VAEGAN on d\n" in page
    assert "`python -m benchmarks.study STUDY d`" in page
    assert "no part of `dvc repro`" in page
    lines = [line for line in page.splitlines() if line.startswith("|")]
    header = ["| variant | T1 | prior TV | seeds |", "| --- | --- | --- | --- |"]
    assert lines == [
        *header,
        "| CPE, visual | 61.2 ± 2.1 | 30.0 ± 5.0 | 5 |",
        "| oracle | 70.0 | 0.0 | 1 |",
        *header,
        "| inductive | 40.0 ± 10.0 |  | 5 |",
        "| null | 50.0 ± 10.0 | 0.0 | 5 |",
    ]


def test_the_table_of_pading_has_all_tasks_and_the_others_panoptic_quality(folder):
    study = studies.read(folder(["pading-ablation", "pading-forms"]))
    page = as_markdown(sections(study, "d", {}))
    assert "### Studies of PADing on d" in page
    same = "| 1.0 ± 0.4 | 1.0 ± 0.4 | 1.0 ± 0.4"
    assert (
        f"| P {same} | {same.replace('1.0', '2.0')[2:]} | {same.replace('1.0', '3.0')[2:]} | 3 |"
        in page
    )
    assert f"| P {same} | 3 |" in page


def test_a_study_that_is_missing_has_no_table(folder):
    page = as_markdown(sections(studies.read(folder(["ablation"])), "d", {}))
    assert "| inductive |" in page
    assert page.count("| variant |") == 1


def test_the_table_of_dedn_has_all_accuracies_and_their_half_widths(folder):
    page = as_markdown(sections(studies.read(folder(["dedn-ablation"])), "d", {}))
    assert "`python -m benchmarks.dedn_study STUDY d`" in page
    lines = [line for line in page.splitlines() if line.startswith("|")]
    assert lines == [
        "| variant | T1 | U | S | H | AUSUC | uncalibrated U | uncalibrated S | uncalibrated H | "
        "seeds |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| full | 50.0 ± 1.0 | 40.0 ± 2.0 | 60.0 ± 3.0 | 48.0 ± 4.0 | 30.0 ± 5.0 | 20.0 ± 6.0 | "
        "80.0 ± 7.0 | 32.0 ± 8.0 | 5 |",
    ]


def test_every_method_has_a_section_with_its_own_tables_and_figures(folder):
    study = studies.read(folder())
    page = as_markdown(sections(study, "d", {f"d-study-{name}.svg": b"<svg/>" for name in ALL}))
    first, second = page.index("### Studies of Bi-VAEGAN on d"), page.index("### Studies of DEDN")
    assert first < page.index("| CPE, visual |") < page.index("study-priors.svg") < second
    assert second < page.index("| full |") < page.index("study-dedn-ablation.svg")
    assert page.count(".svg)") == len(ALL)


def test_a_weight_of_clarel_is_drawn_where_the_other_is_as_in_the_settings(folder):
    points = [(0.5, 0.5), (0.0, 0.5), (1.0, 0.5), (0.5, 0.0)]
    lines = [f"p{i},{lam},{kappa},{NUMBERS},{{}}" for i, (lam, kappa) in enumerate(points)]
    text = "\n".join([TEXTS["clarel-losses"].splitlines()[0], *lines, ""])
    table = studies.read(folder(["clarel-losses"], **{"clarel-losses": text}))
    empty = {name: DataFrame(columns=list(FILES[name])) for name in FILES}
    drawn = dict(studies_clarel.figures(empty | table, "d"))
    found = [drawn[name].axes[0].lines[0].get_xdata() for name in drawn]
    assert [list(each) for each in found] == [[0.0, 0.5, 1.0], [0.0, 0.5]]


def test_a_variant_of_spaen_without_pictures_has_no_error(folder):
    bare = OF_SPAEN.replace("0.05,0.004,5", ",,5")
    text = f"variant,{SPAEN}\nlinear critic,{OF_SPAEN}\nclassification only,{bare}\n"
    study = studies.read(folder(["spaen-parts"], **{"spaen-parts": text}))
    page = as_markdown(sections(study, "d", {}))
    assert "`python -m benchmarks.spaen_study STUDY d`" in page
    lines = [line for line in page.splitlines() if line.startswith("|")]
    same = "50.0 ± 1.0 | 40.0 ± 2.0 | 60.0 ± 3.0 | 48.0 ± 4.0 | 30.0 ± 5.0 | 20.0 ± 6.0"
    assert lines == [
        "| variant | T1 | U | S | H | AUSUC | uncalibrated H | 100 MSE | seeds |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        f"| linear critic | {same} | 5.0 ± 0.4 | 5 |",
        f"| classification only | {same} |  | 5 |",
    ]


def test_over_alpha_accuracies_are_in_percent_and_the_error_in_hundredths(folder):
    table = studies.read(folder(["spaen-alpha"]))
    empty = {name: DataFrame(columns=list(FILES[name])) for name in FILES}
    ((name, figure),) = studies_spaen.figures(empty | table, "d")
    assert name == "spaen-alpha"
    accuracy, error = figure.axes
    assert [line.get_label() for line in accuracy.lines] == ["H", "T1"]
    assert all(list(line.get_xdata()) == [0.1, 3] for line in (*accuracy.lines, *error.lines))
    assert list(accuracy.lines[0].get_ydata()) == pytest.approx([48, 48])
    assert list(error.lines[0].get_ydata()) == pytest.approx([5, 5])


def test_a_method_without_files_has_no_section(folder):
    study = studies.read(folder(["dedn-mixture"]))
    page = as_markdown(sections(study, "d", {"d-study-dedn-mixture.svg": b"<svg/>"}))
    assert "Bi-VAEGAN" not in page
    assert "### Studies of DEDN on d" in page


def test_no_two_methods_have_a_file_or_figure_of_the_same_name():
    for of in ("files", "captions"):
        names = [name for method in METHODS for name in getattr(method, of)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("name", TEXTS)
def test_a_figure_is_there_if_its_numbers_are(folder, name):
    study = studies.read(folder([name]))
    figures = draw_studies(study, "d")
    stems = [f"d-study-{figure}" for figure in FIGURES[name]]
    assert list(figures) == [f"{stem}.svg" for stem in stems]
    page = as_markdown(sections(study, "d", figures))
    assert all(f"![{stem}]({stem}.svg)\n\n*" in page for stem in stems)


def test_files_of_a_header_only_draw_nothing(folder):
    headers = {name: text.splitlines()[0] + "\n" for name, text in TEXTS.items()}
    assert draw_studies(studies.read(folder(**headers)), "d") == {}


def test_the_same_numbers_are_the_same_bytes(folder):
    study = studies.read(folder())
    first = draw_studies(study, "d")
    assert list(first) == [f"d-study-{name}.svg" for name in ALL]
    assert first == draw_studies(study, "d")
    assert all(svg.startswith(b"<?xml") and b"<dc:date>" not in svg for svg in first.values())


def test_prototypes_are_said_to_be_no_zero_shot_learning(folder):
    page = as_markdown(sections(studies.read(folder()), "d", {"d-study-knowledge.svg": b"<svg/>"}))
    assert "few-shot oracle, not zero-shot learning" in page


def test_the_report_shows_the_studies_of_their_dataset_only(folder, write_cell, read, tmp_path):
    for dataset in ("awa1", "cub"):
        write_cell("m", dataset, {"zsl.acc": 0.25})
    of_datasets = {"awa1": studies.read(folder()), "cub": {}}
    write(read(["m"], ("awa1", "cub")), published(), tmp_path / "out", of_datasets)
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    places = [page.index(t) for t in ("## awa1", "### Studies of Bi-VAEGAN on awa1", "## cub")]
    assert places == sorted(places)
    assert "Bi-VAEGAN on cub" not in page
    names = sorted(path.name for path in (tmp_path / "out").glob("*.svg"))
    assert names == sorted(f"awa1-study-{name}.svg" for name in ALL)
    assert all(page.count(f"]({name})") == 1 for name in names)
