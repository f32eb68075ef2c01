import pytest
import torch

from zslcore.runtime import processes


def test_alone():
    x = torch.ones(2, requires_grad=True)
    with processes.joined(torch.device("cpu")) as device:
        assert device == torch.device("cpu")
        assert (processes.count(), processes.rank(), processes.first()) == (1, 0, True)
        assert processes.share(7) == slice(0, 7)
        assert torch.equal(processes.total(x), x)
        assert not processes.total(x).requires_grad
        processes.wait()


@pytest.mark.parametrize("n", [0, 1, 7, 12])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_shares_make_up_the_whole_and_are_of_like_size(n, count, monkeypatch):
    monkeypatch.setattr(processes, "count", lambda: count)
    whole, sizes = [], set()
    for rank in range(count):
        monkeypatch.setattr(processes, "rank", lambda rank=rank: rank)
        part = range(n)[processes.share(n)]
        whole.extend(part)
        sizes.add(len(part))
    assert whole == list(range(n))
    assert max(sizes) - min(sizes) <= 1


def test_joined_as_the_only_process_of_torchrun(monkeypatch):
    given = {"LOCAL_RANK": 0, "RANK": 0, "WORLD_SIZE": 1, "MASTER_ADDR": "127.0.0.1"}
    for name, value in {**given, "MASTER_PORT": 0}.items():
        monkeypatch.setenv(name, str(value))
    with processes.joined(torch.device("cpu")):
        assert torch.distributed.is_initialized()
        assert processes.count() == 1
    assert not torch.distributed.is_initialized()
