import numpy as np
import pandas as pd

from zslcore.report.plots.study_mixture import mixture

COLUMNS = ["h", "t1", "uncalibrated_h", "uncalibrated_u", "uncalibrated_s"]


def swept(parameters=("lambda_e", "lambda_rc", "margin"), ci95=0.1):
    """Accuracies that tell parameter, value and column, from the last value to the first."""
    lines = []
    for i, parameter in enumerate(parameters):
        for value in (1.0, 0.0):
            numbers = {c: 0.1 * i + 0.05 * value + 0.1 * k for k, c in enumerate(COLUMNS)}
            widths = {f"{c}_ci95": ci95 for c in COLUMNS}
            lines.append({"parameter": parameter, "value": value, **numbers, **widths})
    return pd.DataFrame(lines)


def drawn(axes):
    return {line.get_label(): line.get_xydata() for line in axes.lines}


def test_weights_show_what_is_calibrated_and_the_margin_what_is_not():
    e, rc, margin = mixture(swept(), "t").axes
    assert [axes.get_xlabel().split()[-1] for axes in (e, rc, margin)] == [
        *("lambda_e", "lambda_rc", "margin")
    ]
    assert list(drawn(e)) == list(drawn(rc)) == ["H", "T1"]
    np.testing.assert_allclose(drawn(e)["H"], [[0, 0], [1, 5]])
    np.testing.assert_allclose(drawn(rc)["T1"], [[0, 20], [1, 25]])
    assert list(drawn(margin)) == ["uncalibrated H", "uncalibrated U", "uncalibrated S"]
    np.testing.assert_allclose(drawn(margin)["uncalibrated S"], [[0, 60], [1, 65]])


def test_bands_are_the_half_widths():
    e, *_ = mixture(swept(), "t").axes
    found = {tuple(v) for v in e.collections[1].get_paths()[0].vertices.round(6).tolist()}
    assert found == {(0, 0), (0, 20), (1, 5), (1, 25)}
    assert not mixture(swept(ci95=0.0), "t").axes[0].collections


def test_all_panels_have_one_scale_from_0_to_100():
    """Or a flat line would look like a mountain."""
    assert {axes.get_ylim() for axes in mixture(swept(), "t").axes} == {(0, 100)}


def test_what_was_not_swept_has_no_panel():
    (axes,) = mixture(swept(("lambda_rc",)), "t").axes
    assert axes.get_xlabel().endswith("lambda_rc")
