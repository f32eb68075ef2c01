"""Checkpoints between epochs, with a training that only counts."""

from dataclasses import dataclass, field

import pytest
import torch

from zslcore.nn import resume
from zslcore.nn.resume import remaining
from zslcore.runtime.run import Run


@dataclass
class Sum:
    """Adds up the epochs it was asked for."""

    value: torch.Tensor = field(default_factory=lambda: torch.zeros(2))
    epochs: int = 0
    records: list = field(default_factory=list)

    def packed(self):
        return {"value": self.value}

    def unpack(self, packed):
        self.value = packed["value"]


def train(state, run, count=5, killed=None, clock=None):
    """The epochs it was asked for; killed in the middle of one."""
    asked = []
    for epoch in remaining(state, count, run, "sum"):
        asked.append(epoch)
        if epoch == killed:
            break
        state.value = state.value + epoch + 1
        state.epochs += 1
        state.records.append({"epoch": epoch + 1, "value": float(state.value[0])})
        run.log(state.records[-1])
        if clock is not None:
            clock.now += 25
    return asked


@pytest.fixture
def always(monkeypatch):
    monkeypatch.setattr(resume, "OFTEN", 0.0)


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(resume, "time", clock)
    return clock


def test_it_asks_for_every_epoch_in_turn():
    state = Sum()
    assert train(state, Run()) == [0, 1, 2, 3, 4]
    assert state.value.tolist() == [15, 15]


def test_what_is_done_is_not_asked_for_again_and_its_log_is_there(always, tmp_path):
    whole, first, second = [], [], []
    train(Sum(), Run(log=whole.append))
    train(Sum(), Run(log=first.append, scratch=tmp_path), killed=3)
    assert first == whole[:3]
    state = Sum()
    assert train(state, Run(log=second.append, scratch=tmp_path)) == [3, 4]
    assert state.value.tolist() == [15, 15]
    assert state.epochs == 5
    assert second == whole
    assert state.records == whole


def test_a_finished_training_is_only_restored(always, tmp_path):
    train(Sum(), Run(scratch=tmp_path))
    state = Sum()
    assert train(state, Run(scratch=tmp_path)) == []
    assert state.value.tolist() == [15, 15]


def test_it_writes_once_in_so_many_seconds(clock, tmp_path, monkeypatch):
    """An epoch takes 25 s: at 75 and 150 s, that is after three and six of seven."""
    written = []
    write = resume._write
    monkeypatch.setattr(
        resume, "_write", lambda s, path: written.append(write(s, path) or s.epochs)
    )
    train(Sum(), Run(scratch=tmp_path), count=7, clock=clock)
    assert written == [3, 6]


def test_without_scratch_nothing_is_written(always, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train(Sum(), Run())
    assert not any(tmp_path.iterdir())


def test_the_folder_is_made_and_holds_nothing_half_written(always, tmp_path):
    train(Sum(), Run(scratch=tmp_path / "deep" / "down"))
    assert [path.name for path in (tmp_path / "deep" / "down").iterdir()] == ["sum.pt"]


def test_trainings_of_other_names_have_files_of_their_own(always, tmp_path):
    run = Run(scratch=tmp_path)
    train(Sum(), run)
    assert next(iter(remaining(Sum(), 5, run, "other"))) == 0


def test_a_checkpoint_that_holds_code_is_not_run(tmp_path):
    torch.save({"epochs": 1, "records": [], "rest": train}, tmp_path / "sum.pt")
    with pytest.raises(Exception, match="Weights only load failed"):
        train(Sum(), Run(scratch=tmp_path))
