"""Shared by all tests, and by what they start: one thread, since several would only wait.

Tensors are tiny, and sums of several threads are rounded in another order.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch and numpy are loaded

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Stages set their own number, which would stay for the tests of other files."""
    yield
    torch.set_num_threads(1)
