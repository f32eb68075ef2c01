import torch

from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


def test_what_a_seed_draws_does_not_depend_on_the_others():
    alone, among = Streams(Run(seeds=(5,)), 2), Streams(Run(seeds=(4, 5)), 2)
    for draw in ("normal", "uniform", "permutations"):
        assert torch.equal(getattr(alone, draw)(6)[0], getattr(among, draw)(6)[1])


def test_every_key_has_streams_of_its_own():
    keys = [(), (0,), (1,), (0, 1), (1, 0)]
    drawn = {Streams(Run(), *key).uniform(4).numpy().tobytes() for key in keys}
    assert len(drawn) == len(keys)


def test_integers_are_even_and_below_the_end():
    found = Streams(Run(seeds=(0, 1)), 1).below(3, 5000)
    shares = torch.bincount(found.flatten(), minlength=3) / found.numel()
    torch.testing.assert_close(shares, torch.full((3,), 1 / 3), atol=0.02, rtol=0)
    assert found.shape == (2, 5000)
