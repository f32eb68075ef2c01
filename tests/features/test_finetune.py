import numpy as np
import pytest
import torch

from zslcore.features import backbone
from zslcore.features.finetune import finetune
from zslcore.features.images import Images
from zslcore.features.trainer import Training, one_cycle
from zslcore.runtime.run import Run


@pytest.fixture(scope="module")
def training(pixels):
    """Eleven of the images, in another order; their classes have gaps between their ids."""
    rows = np.array([12, 10, 8, 6, 4, 2, 1, 3, 5, 7, 9])
    return Training(Images(pixels), rows, np.where(rows % 2, 7, 3))


def tuned(settings, training, run=None, **tuning):
    cfg = settings(finetune=tuning)
    return finetune(backbone.build(cfg, seed=0), training, cfg, run or Run())


def digest(trained):
    """That of the bytes of the weights."""
    return trained.recipe["weights_sha256"]


@pytest.fixture(scope="module")
def plain(settings, training):
    records = []
    trained = tuned(settings, training, Run(log=records.append))
    return digest(trained), records, trained


def test_it_learns_what_is_easy(settings, training):
    """Two colours; all of eight seeds end with every image right and a loss below 0.1."""
    records = []
    tuned(settings, training, Run(log=records.append), epochs=8, label_smoothing=0.0)
    assert [record["epoch"] for record in records] == list(range(1, 9))
    assert records[-1]["accuracy"] == 1.0
    assert records[-1]["loss"] < 0.1 < records[0]["loss"]


def test_the_classifier_is_gone_and_the_rest_is_the_models_own(plain, settings):
    _, _, trained = plain
    x = torch.randn(2, 3, 32, 32)
    start = backbone.build(settings(), seed=0)
    assert trained.model.state_dict().keys() == start.model.state_dict().keys()
    assert not trained.model.training
    assert trained(x)[0].shape == start(x)[0].shape


def test_the_recipe_tells_where_the_weights_are_from(plain, settings):
    trained, start = plain[2], backbone.build(settings(), seed=0)
    about = trained.recipe["finetuned"]
    assert (about["images"], about["classes"], about["epochs"]) == (11, 2, 2)
    assert (
        about["from_sha256"] == start.recipe["weights_sha256"] != trained.recipe["weights_sha256"]
    )


def test_same_seed_same_bytes_whatever_was_drawn_before(plain, settings, training):
    torch.manual_seed(99)
    assert digest(tuned(settings, training)) == plain[0]


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_dropout_has_a_seed_too(name, settings, training):
    cfg = settings(model=name, model_args={"drop_rate": 0.5})
    once, again, other = (
        digest(finetune(backbone.build(cfg, seed=0), training, cfg, Run(seeds=[seed])))
        for seed in (0, 0, 1)
    )
    assert once == again != other


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 3},
        {"batch_size": 11},
        {"lr": 0.006},
        {"weight_decay": 0.1},
        {"label_smoothing": 0.0},
        {"flip": False},
        {"shift": 1},
    ],
)
def test_every_setting_matters(change, plain, settings, training):
    assert digest(tuned(settings, training, **change)) != plain[0]


def test_batch_norm_follows_the_images(plain):
    """Two epochs of two steps each."""
    assert plain[2].model.bn1.num_batches_tracked == 4


def test_every_epoch_has_its_own_draws(settings, training):
    """The weights stand still; only order, mirroring and shifts can change the loss."""
    records = []
    tuned(settings, training, Run(log=records.append), lr=1e-30)
    assert records[0]["loss"] != records[1]["loss"]


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_killed_and_run_again_it_ends_with_the_same_bytes(epoch, settings, training, tmp_path):
    cfg = settings(model_args={"drop_rate": 0.3}, finetune={"epochs": 3})

    def trained(log, scratch=None):
        run = Run(log=log, scratch=scratch)
        return digest(finetune(backbone.build(cfg, seed=0), training, cfg, run))

    def kill(record):
        if record["epoch"] == epoch:
            raise KeyboardInterrupt

    undisturbed, resumed = [], []
    expected = trained(undisturbed.append)
    with pytest.raises(KeyboardInterrupt):
        trained(kill, tmp_path)
    torch.manual_seed(epoch)
    assert trained(resumed.append, tmp_path) == expected
    assert resumed == undisturbed


def test_a_killed_run_does_not_begin_again(settings, training, tmp_path):
    """Were the checkpoint not read, the images, now unreadable, would be."""
    tuned(settings, training, Run(scratch=tmp_path))
    nothing = Training(Images(np.zeros((0, 32, 32, 3), np.uint8)), training.rows, training.y)
    tuned(settings, nothing, Run(scratch=tmp_path))


def test_a_loss_that_is_not_finite_stops_it(settings, training):
    with pytest.raises(FloatingPointError, match=r"epoch \d, step \d; lower finetune\.lr"):
        tuned(settings, training, lr=1e30)


def test_one_cycle_by_hand():
    """Up a line for 0.3 of the way, then down half a cosine to nothing."""
    given = [one_cycle(done) for done in (0.0, 0.15, 0.3, 0.65, 1.0)]
    assert given == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0])
