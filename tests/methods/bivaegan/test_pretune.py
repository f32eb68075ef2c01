"""The pre-tuning network against its textbook form, image by image, and what it may look at."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from sklearn.metrics import recall_score

from tests.methods.bivaegan.values import PRETUNE
from zslcore.methods.bivaegan import pretune, pretune_networks
from zslcore.methods.bivaegan.pretune import load_tuner, tune
from zslcore.methods.bivaegan.pretune_config import Pretune
from zslcore.methods.bivaegan.pretune_images import Images, batches, companions, hold_out, prepare
from zslcore.methods.bivaegan.pretune_networks import Network
from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Run


def config(**changes):
    return Pretune(**{**PRETUNE, **changes})


@pytest.fixture(scope="module")
def problem(toy):
    """12 seen classes of 20 images; the images of the four others are there, without labels."""
    unseen = ~toy.problem.seen[toy.y]
    return replace(toy.problem, x_unlabeled=toy.x[unseen])


@pytest.fixture(scope="module")
def logged(problem):
    """What a training logs, and its tuner."""
    records = []
    tuner = tune(problem, config(epochs=20), Run(seeds=(3,), log=records.append))
    return records, tuner


@pytest.fixture(scope="module")
def usual(problem):
    return tuned(problem)


def tuned(problem, seeds=(0,), **changes):
    """What the network makes of the training images."""
    return tune(problem, config(**changes), Run(seeds=seeds)).apply(problem.x)


# the network


def lrelu(x):
    return torch.where(x > 0, x, 0.2 * x)


def batch_norm(x, layer, training):
    """Over a batch in training, with running statistics afterwards."""
    mean = x.mean(0) if training else layer.running_mean
    var = ((x - mean) ** 2).mean(0) if training else layer.running_var
    return (x - mean) / (var + 1e-5).sqrt() * layer.weight + layer.bias


def affine(x, layer):
    return x @ layer.weight.T + (0 if layer.bias is None else layer.bias)


def forward(network, x, n):
    """v, logits and attributes of the first n images, reconstructions of all."""
    training = network.training
    e, c, a, d = network.encoder, network.class_head, network.attribute_head, network.decoder
    v = affine(lrelu(batch_norm(affine(x, e[0]), e[1], training)), e[3]).clamp(min=0)
    logits = affine(lrelu(batch_norm(affine(v[:n], c[0]), c[1], training)), c[3])
    attributes = affine(lrelu(affine(v[:n], a[0])), a[2])
    attributes = attributes / attributes.norm(dim=1, keepdim=True)
    return v, logits, attributes, affine(lrelu(batch_norm(affine(v, d[0]), d[1], training)), d[3])


@pytest.fixture
def network():
    """With random batch norms, in float64."""
    torch.manual_seed(0)
    made = Network(features=6, hidden=9, heads=7, classes=4, attributes=5).double()
    with torch.no_grad():
        for module in made.modules():
            if isinstance(module, torch.nn.BatchNorm1d):
                module.weight.copy_(torch.rand(module.num_features) + 0.5)
                module.bias.copy_(torch.randn(module.num_features))
                module.running_mean.copy_(torch.randn(module.num_features))
                module.running_var.copy_(torch.rand(module.num_features) + 0.5)
    return made


@pytest.fixture
def images():
    """8 images of 4 classes, 3 of them held out, 7 without labels, in float64."""
    stream = torch.Generator().manual_seed(1)

    def unit(*shape):
        rows = torch.randn(*shape, generator=stream, dtype=torch.float64)
        return rows / rows.norm(dim=1, keepdim=True)

    y = torch.tensor([0, 3, 1, 2, 3, 0, 1, 2])
    return Images(unit(8, 6), y, unit(3, 6), torch.tensor([2, 0, 0]), unit(7, 6), unit(4, 5))


@pytest.mark.parametrize("training", [False, True])
def test_every_output_is_that_of_the_textbook_form(network, images, training):
    network.train(training)
    x = torch.cat((images.x, images.extra))
    v, logits, attributes, decoded = forward(network, x, 8)  # first: ours moves the running means
    found = network.encoder(x)
    torch.testing.assert_close(found, v)
    torch.testing.assert_close(network.class_head(found[:8]), logits)
    torch.testing.assert_close(network.attributes(found[:8]), attributes)
    torch.testing.assert_close(network.decoder(found), decoded)


def loop(network, images, rows, extra, kind):
    """The losses summed up image by image, each against its own class."""
    x = torch.cat((images.x[rows], images.extra[extra]))
    _, logits, attributes, decoded = forward(network, x, len(rows))
    of_class = of_attributes = 0.0
    for i, row in enumerate(rows.tolist()):
        own = images.y[row]
        of_class -= torch.log(logits[i, own].exp() / logits[i].exp().sum()) / len(rows)
        d = attributes[i] - images.vectors[own]
        size = {
            "weighted_l1": (d.abs() ** 3).sum() / d.norm(),
            "l1": d.abs().sum(),
            "mse": (d**2).mean(),
        }
        of_attributes += size[kind] / len(rows)
    error = sum(((a - b) ** 2).sum() for a, b in zip(decoded, x, strict=True)) / len(x)
    return torch.stack((of_class, of_attributes, error))


@pytest.mark.parametrize("kind", ["weighted_l1", "l1", "mse"])
@pytest.mark.parametrize("extra", [[], [6, 2, 2, 0]])
def test_losses_are_those_of_the_loop_over_images(network, images, kind, extra):
    rows = torch.tensor([4, 0, 3, 6])  # of four classes
    extra = torch.tensor(extra, dtype=torch.int64)
    network.train()
    found = pretune.losses(network, images, rows, extra, kind)
    torch.testing.assert_close(found, loop(network, images, rows, extra, kind))


def test_training_is_that_of_the_loop_over_images(problem):
    """Two epochs with the same draws; weights of the losses, order and optimiser are the same."""
    cfg, run = config(lr=1e-3, beta1=0.3, beta2=0.9, attribute_weight=7.0), Run(seeds=(4,))
    rngs = [np.random.default_rng(9) for _ in range(2)]
    images, same = (prepare(problem, cfg, run, rng) for rng in rngs)
    ours, textbook = (pretune.build(images, cfg, run) for _ in range(2))
    adams = [
        torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.3, 0.9))
        for network in (ours, textbook)
    ]
    textbook.train()
    for _ in range(2):
        pretune.train_epoch(ours, adams[0], images, cfg, rngs[0])
        own = batches(len(same.x), 32, rngs[1])
        others = companions(len(same.extra), own, rngs[1])
        for rows, extra in zip(torch.tensor(own), torch.tensor(others), strict=True):
            adams[1].zero_grad()
            a, b, c = loop(textbook, same, rows, extra, "weighted_l1")
            (20 * a + 7 * b + c).backward()
            adams[1].step()
    for name, weight in ours.named_parameters():
        torch.testing.assert_close(
            weight, textbook.get_parameter(name), atol=2e-5, rtol=1e-3, msg=name
        )


# what it is trained on


def test_images_are_divided_scaled_and_numbered_by_seen_class(problem):
    images = prepare(problem, config(), Run(), np.random.default_rng(0))
    length = np.linalg.norm(problem.x, axis=1, keepdims=True)
    everything = torch.cat((images.x, images.held_x)).numpy()
    order = [np.abs(problem.x / length - row).sum(1).argmin() for row in everything]
    np.testing.assert_allclose(everything, (problem.x / length)[order], rtol=1e-5)
    assert sorted(order) == list(range(240))
    seen = np.flatnonzero(problem.seen)
    np.testing.assert_array_equal(
        seen[torch.cat((images.y, images.held_y)).numpy()], problem.y[order]
    )
    vectors = problem.class_vectors[seen]
    np.testing.assert_allclose(
        images.vectors, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), rtol=1e-5
    )
    np.testing.assert_allclose(images.extra.norm(dim=1), 1, rtol=1e-5)
    assert len(images.extra) == 80


def test_a_share_of_every_class_is_held_out_but_never_all_of_it():
    y = np.repeat(np.arange(5), [1, 2, 3, 10, 20])
    held = hold_out(y, 0.3, np.random.default_rng(0))
    assert np.bincount(y[held], minlength=5).tolist() == [0, 1, 1, 3, 6]
    few = hold_out(y, 0.1, np.random.default_rng(0))
    assert np.bincount(y[few], minlength=5).tolist() == [0, 1, 1, 1, 2]
    greedy = hold_out(y, 0.99, np.random.default_rng(0))
    assert np.bincount(y[~greedy]).tolist() == [1] * 5
    assert not np.array_equal(held, hold_out(y, 0.3, np.random.default_rng(1)))


def test_an_epoch_has_whole_batches_of_different_images():
    rng = np.random.default_rng(0)
    rows = batches(23, 5, rng)
    assert rows.shape == (4, 5)
    assert len(set(rows.ravel().tolist())) == 20
    assert {*batches(23, 5, rng).ravel(), *batches(23, 5, rng).ravel()} == set(range(23))
    assert sorted(batches(4, 64, rng).ravel()) == [0, 1, 2, 3]


@pytest.mark.parametrize("m", [1, 3, 7, 100])
def test_unlabelled_images_take_turns(m):
    own = np.zeros((4, 5), dtype=int)
    rows = companions(m, own, np.random.default_rng(0))
    counts = np.bincount(rows.ravel(), minlength=m)
    assert rows.shape == own.shape
    assert counts.max() - counts.min() <= 1
    assert companions(0, own, np.random.default_rng(0)).shape == (4, 0)


def test_nothing_of_unseen_classes_is_looked_at_but_their_unlabelled_images(problem, usual):
    vectors = problem.class_vectors.copy()
    vectors[~problem.seen] = 7.0
    names = [f"other {c}" for c in range(16)]
    blind = replace(problem, class_vectors=vectors, class_names=names)
    assert np.array_equal(tuned(blind), usual)
    fewer = replace(problem, x_unlabeled=problem.x_unlabeled[:40])
    assert not np.array_equal(tuned(fewer), usual)


def test_without_reconstruction_unlabelled_images_are_not_looked_at(problem):
    inductive = replace(problem, x_unlabeled=None)
    found = tuned(inductive, reconstruction_weight=0.0)
    assert np.array_equal(tuned(problem, reconstruction_weight=0.0), found)


def test_an_inductive_problem_is_reconstructed_too(problem, usual):
    inductive = replace(problem, x_unlabeled=None)
    found = tuned(inductive)
    assert not np.array_equal(found, usual)
    assert not np.array_equal(found, tuned(inductive, reconstruction_weight=0.0))


def test_held_out_images_are_not_trained_on(problem):
    """Whatever they look like, an epoch leaves the same weights."""
    images = prepare(problem, config(), Run(), np.random.default_rng(0))
    noise = replace(images, held_x=torch.rand_like(images.held_x))
    weights = []
    for data in (images, noise):
        network = pretune.build(data, config(), Run())
        adam = torch.optim.Adam(network.parameters())
        pretune.train_epoch(network, adam, data, config(), np.random.default_rng(0))
        weights.append(network.encoder[0].weight)
    assert torch.equal(*weights)


# what is kept


def test_every_epoch_is_logged(logged):
    records, _ = logged
    assert [record["epoch"] for record in records] == list(range(1, 21))
    assert all(record["phase"] == "pretune" for record in records)
    assert records[-1]["class_loss"] < records[0]["class_loss"]
    assert records[-1]["attribute_loss"] < records[0]["attribute_loss"]
    assert records[-1]["reconstruction_loss"] < records[0]["reconstruction_loss"]


def test_the_logged_losses_are_means_over_the_steps():
    terms = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 5.0]])
    found = pretune.means(terms, 1)
    assert found == {"class_loss": 2.0, "attribute_loss": 2.0, "reconstruction_loss": 4.0}


def test_the_epoch_with_the_best_held_out_accuracy_is_kept_the_first_of_equals(logged, problem):
    records, tuner = logged
    accuracies = [record["held_out"] for record in records]
    best = int(np.argmax(accuracies)) + 1
    assert (tuner.about["epoch"], tuner.about["held_out"]) == (best, max(accuracies))
    assert accuracies.count(max(accuracies)) > 1  # there are equals
    assert min(accuracies[best:]) < max(accuracies)  # and worse ones later
    again = tune(problem, config(epochs=best), Run(seeds=(3,)))
    assert np.array_equal(again.apply(problem.x), tuner.apply(problem.x))


def test_held_out_accuracy_is_the_mean_recall_of_the_classes(network, images):
    data = replace(images, held_x=images.x, held_y=torch.tensor([0, 0, 0, 0, 0, 1, 1, 2]))
    network.train()
    found = pretune.held_out_accuracy(network, data)
    network.eval()
    answers = forward(network, images.x, 8)[1].argmax(1)
    truth = data.held_y.numpy()
    expected = recall_score(truth, answers, labels=[0, 1, 2], average="macro")
    assert found == pytest.approx(expected)
    assert 0 < found < 1
    assert found != pytest.approx((answers.numpy() == truth).mean())


def test_the_network_learns_the_seen_classes(problem):
    tuner = tune(problem, config(epochs=30, hidden=64), Run())
    assert tuner.about["held_out"] > 0.9  # chance is 0.08; seeds 0 to 7: 1.0


# its use


def test_features_may_have_any_length(problem, usual):
    scale = np.random.default_rng(0).uniform(0.5, 2, size=(240, 1)).astype(np.float32)
    longer = replace(problem, x=problem.x * scale, x_unlabeled=3 * problem.x_unlabeled)
    np.testing.assert_allclose(tuned(longer), usual, atol=1e-4)


def test_apply_is_the_encoder_in_eval_mode_on_rows_of_unit_length(problem, logged):
    _, tuner = logged
    found = tuner.apply(problem.x)
    assert (found.shape, found.dtype) == (problem.x.shape, np.float32)
    e = tuner.encoder
    unit = torch.tensor(problem.x / np.linalg.norm(problem.x, axis=1, keepdims=True))
    expected = affine(lrelu(batch_norm(affine(unit, e[0]), e[1], training=False)), e[3]).relu()
    np.testing.assert_allclose(found, expected.detach(), atol=1e-5)
    assert not np.allclose(np.linalg.norm(found, axis=1), 1)


def test_rows_are_mapped_alone_whatever_the_chunks(problem, logged, monkeypatch):
    _, tuner = logged
    found = tuner.apply(problem.x)
    monkeypatch.setattr(pretune_networks, "ROWS", 7)
    np.testing.assert_allclose(tuner.apply(problem.x), found, atol=1e-5)
    assert tuner.apply(problem.x[:0]).shape == (0, 24)


def test_files_restore_the_tuner(problem, logged, tmp_path):
    _, tuner = logged
    tuner.save(tmp_path / "deep" / "er")
    back = load_tuner(tmp_path / "deep" / "er")
    assert np.array_equal(back.apply(problem.x), tuner.apply(problem.x))
    assert back.about == json.loads(json.dumps(tuner.about))
    assert back.about["settings"]["hidden"] == 16
    assert back.about["seed"] == 3
    files = {path.name for path in (tmp_path / "deep" / "er").iterdir()}
    assert files == {"pretune.json", "pretune.safetensors"}


def test_same_seed_same_bytes(problem, tmp_path):
    for name, seeds in {"a": (0,), "b": (0, 5)}.items():  # the first seed is the network's
        tune(problem, config(), Run(seeds=seeds)).save(tmp_path / name)
    for file in ("pretune.json", "pretune.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_seeds_differ(problem, usual):
    assert not np.array_equal(tuned(problem, seeds=(1, 0)), usual)


def test_nobody_elses_random_numbers_are_used(problem):
    state = torch.random.get_rng_state()
    tuned(problem)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_leaves_the_problem_untouched(problem):
    before = [problem.x.copy(), problem.y.copy(), problem.class_vectors.copy()]
    before.append(problem.x_unlabeled.copy())
    tuned(problem)
    after = [problem.x, problem.y, problem.class_vectors, problem.x_unlabeled]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("key", PRETUNE)
def test_every_setting_matters(problem, usual, key):
    other = {"attribute_loss": "l1", "beta2": 0.9, "epochs": 1}
    value = other.get(key) or 2 * PRETUNE[key]
    if key == "beta1":
        value = 0.9
    assert not np.array_equal(tuned(problem, **{key: value}), usual)


# what is refused


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch_size": 1}, "greater than or equal to 2"),
        ({"holdout": 0.0}, "greater than 0"),
        ({"holdout": 1.0}, "less than 1"),
        ({"class_weight": 0.0}, "greater than 0"),
        ({"epochs": -1}, "greater than or equal to 0"),
        ({"attribute_loss": "l2"}, "weighted_l1"),
        ({"depth": 3}, "depth"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        config(**changes)


def test_no_epochs_are_refused(problem):
    with pytest.raises(ValueError, match=r"pretune\.epochs is 0"):
        tuned(problem, epochs=0)


def test_classes_of_one_image_are_refused(problem):
    first = [np.flatnonzero(problem.y == c)[0] for c in np.flatnonzero(problem.seen)]
    with pytest.raises(ValueError, match=r"pretune\.holdout: every seen class has one image"):
        tuned(replace(problem, x=problem.x[first], y=problem.y[first]))


def test_a_loss_that_is_not_finite_is_named():
    terms = torch.ones(5, 3)
    terms[3, 1] = torch.inf
    with pytest.raises(Diverged, match="attribute_loss is not finite in epoch 2, step 4"):
        pretune.means(terms, 2)


def test_training_that_leaves_the_finite_numbers_stops(problem):
    with pytest.raises(Diverged, match=r"pre-tuning: .* is not finite in epoch 1, step 2"):
        tuned(problem, lr=1e30)


@pytest.mark.parametrize("damage", ["missing", "no json", "cut", "other"])
def test_damaged_files_are_named(logged, tmp_path, damage):
    _, tuner = logged
    tuner.save(tmp_path)
    path = tmp_path / "pretune.safetensors"
    if damage == "missing":
        path.unlink()
    elif damage == "no json":
        (tmp_path / "pretune.json").unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    else:
        from safetensors.torch import load_file, save

        path.write_bytes(save({**load_file(path), "5.weight": torch.ones(2)}))
    with pytest.raises(ValueError, match=f"{tmp_path.name} does not hold a pre-tuning network"):
        load_tuner(tmp_path)
