"""Files of tensors, changed behind a model's back."""

import safetensors.torch


def without(path, name):
    """Take one tensor out of a file."""
    tensors = safetensors.torch.load(path.read_bytes())
    del tensors[name]
    path.write_bytes(safetensors.torch.save(tensors))


def with_more(path, more):
    """Put tensors into a file."""
    tensors = safetensors.torch.load(path.read_bytes())
    path.write_bytes(safetensors.torch.save({**tensors, **more}))
