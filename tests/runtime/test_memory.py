"""Memory that is given back stays with the process."""

import platform
import subprocess
import sys

import pytest

from zslcore.runtime import memory

SCRIPT = """
import resource, sys
import numpy as np
from zslcore.runtime import memory
kept = sys.argv[1] == "keep" and memory.keep()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(8_000_000)  # 64 MB
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how):
    run = [sys.executable, "-c", SCRIPT, how]
    return int(subprocess.run(run, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this C library is not glibc")
def test_blocks_are_used_again_without_asking_the_system():
    assert faults("keep") < 0.3 * faults("leave")


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError])
def test_where_there_is_no_such_call_nothing_happens(monkeypatch, error):
    def none(name):
        raise error

    monkeypatch.setattr("ctypes.CDLL", none)
    assert memory.keep() is False
