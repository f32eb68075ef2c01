"""Shared by all tests: one torch thread (tiny tensors: threads would only wait for each other)."""

import torch

torch.set_num_threads(1)
