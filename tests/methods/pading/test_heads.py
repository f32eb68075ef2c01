"""Class layers: rows by class id, unseen classes that are never answered, cosines."""

import pytest
import torch
from torch.nn.functional import cosine_similarity

from zslcore.methods.pading.heads import (
    CosineHead,
    Linear,
    LinearHead,
    by_class,
    without_unseen,
)

SEEN = torch.tensor([True, False, True, True, False])
WHOLE = Linear(torch.arange(12.0).view(6, 2) + 1, torch.arange(6.0) + 1)


def test_rows_of_all_classes_stay_and_those_of_unseen_ones_are_dropped():
    found = by_class(WHOLE, SEEN)
    expected = torch.tensor([[1, 2], [0, 0], [5, 6], [7, 8], [0, 0], [11, 12]])
    assert torch.equal(found.weight, expected.float())
    assert found.bias.tolist() == [1, 0, 3, 4, 0, 6]


def test_rows_of_seen_classes_go_to_their_classes_and_no_object_to_the_last():
    few = [0, 2, 3, 5]
    found = by_class(Linear(WHOLE.weight[few], WHOLE.bias[few]), SEEN)
    for one, other in zip(found, by_class(WHOLE, SEEN), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("rows", [3, 5])
def test_another_number_of_rows_is_refused(rows):
    with pytest.raises(ValueError, match=r"shapes \(., 2\) .*allowed: 6 rows .* or 4 \(seen"):
        by_class(Linear(WHOLE.weight[:rows], WHOLE.bias[:rows]), SEEN)
    with pytest.raises(ValueError, match=r"\(6, 2\) and \(5,\)"):
        by_class(Linear(WHOLE.weight, WHOLE.bias[:5]), SEEN)


def test_a_layer_that_is_not_finite_is_refused():
    for weight, bias in ((WHOLE.weight * torch.nan, WHOLE.bias), (WHOLE.weight, WHOLE.bias / 0)):
        with pytest.raises(ValueError, match="NaN or infinite values: its training has diverged"):
            by_class(Linear(weight, bias), SEEN)


def test_unseen_classes_have_no_probability_without_a_generator():
    layer = without_unseen(by_class(WHOLE, SEEN), SEEN)
    x = 50 * torch.randn(20, 2)
    p = (x @ layer.weight.T + layer.bias).softmax(1)
    assert (p[:, [1, 4]] == 0).all()
    assert p[:, [0, 2, 3, 5]].amax(0).min() > 0
    assert layer.bias.isfinite().all()


def test_a_head_starts_from_the_layer_and_leaves_it_as_it_is():
    head = LinearHead(WHOLE)
    x = torch.randn(4, 2)
    torch.testing.assert_close(head(x), x @ WHOLE.weight.T + WHOLE.bias)
    head.weight.data += 1
    assert WHOLE.weight[0].tolist() == [1, 2]


def test_a_projection_scores_by_cosines_over_tau():
    vectors, x = torch.randn(5, 3), torch.randn(4, 2)
    head = CosineHead(vectors, 2, 0.2)
    found, mapped = head(x), head.map(x)
    assert found.shape == (4, 6)
    for k, a in enumerate([*vectors, head.nothing]):
        torch.testing.assert_close(found[:, k], cosine_similarity(mapped, a[None], dim=1) / 0.2)
    assert {name for name, _ in head.named_parameters()} == {"map.weight", "map.bias", "nothing"}
