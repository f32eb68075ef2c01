import pytest

MISTAKES = [
    ({"encoded_noise": True, "encoder": False}, "encoded_noise needs the encoder"),
    ({"regressor": "none", "feedback.training": 1.0}, "need the regressor"),
    ({"regressor": "none", "seen_regression": 1.0}, "need the regressor"),
    ({"epochs.inductive": 0, "epochs.transductive": 0}, "nothing would be trained"),
    ({"feedback.training": 1.0, "epochs.inductive": 1}, r"every second.*epochs\.inductive to 2"),
    (
        {
            **{"feedback.training": 1.0, "prior.estimator": "oracle"},
            **{"epochs.inductive": 0, "epochs.transductive": 1},
        },
        "every second epoch",
    ),
    ({"epochs.inductive": 0}, r"cpe makes its first estimate.*epochs\.inductive to 1"),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_parts_that_do_not_fit_are_named(settings, changes, message):
    with pytest.raises(ValueError, match=message):
        settings(changes)


@pytest.mark.parametrize("estimator", ["oracle", "uniform"])
def test_priors_that_are_not_estimated_need_no_inductive_epoch(settings, estimator):
    settings({"epochs.inductive": 0, "prior.estimator": estimator})


def test_feedback_needs_two_epochs_of_the_phase_that_comes_first(settings):
    settings({"feedback.training": 1.0, "epochs.inductive": 2, "epochs.transductive": 1})
    settings({"feedback.training": 1.0, "epochs.inductive": 0, "prior.estimator": "oracle"})
