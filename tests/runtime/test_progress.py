import io
import logging
import sys
import time

import pytest

from zslcore.runtime.progress import counting


class Terminal(io.StringIO):
    def isatty(self):
        return True


def work(total, step, shown=True):
    with counting("features", total, "images", shown) as advance:
        for start in range(0, total, step):
            advance(min(step, total - start))


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO)
    return caplog


def test_a_line_with_the_rate_at_every_tenth(log, monkeypatch):
    """Two images a second on a clock that goes on a second whenever it is read."""
    clock = iter(range(100))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    work(total=20, step=2)
    assert log.messages[0] == "features: 2 of 20 images, 2 per second"
    assert log.messages[9] == "features: 20 of 20 images, 2 per second"
    assert len(log.messages) == 10


@pytest.mark.parametrize(
    ("total", "step", "lines"), [(1000, 1, 10), (3, 1, 3), (5, 5, 1), (0, 1, 0)]
)
def test_never_more_than_ten_lines(total, step, lines, log):
    work(total, step)
    assert len(log.messages) == lines


def test_a_bar_with_the_rate_on_a_terminal(log, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    work(total=10, step=5)
    assert "features:   0%" in terminal.getvalue()
    assert "images/s" in terminal.getvalue()
    assert log.messages == []


def test_silence(log, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    work(total=10, step=1, shown=False)
    assert (terminal.getvalue(), log.messages) == ("", [])
