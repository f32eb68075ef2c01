"""All that is trained for one seed."""

from torch import Tensor, nn

from zslcore.methods.pading.disentangle import Disentangler
from zslcore.methods.pading.generators import Generator, build
from zslcore.methods.pading.heads import CosineHead, LinearHead
from zslcore.methods.pading.task import Task


class Networks(nn.Module):
    """A generator, its disentangler where the settings ask for one, and the classifier.

    Args:
        task: sizes, the classifier to start from, settings.

    Raises:
        ValueError: the heads of the attention do not divide an embedding.
    """

    def __init__(self, task: Task) -> None:
        super().__init__()
        cfg, classes, size = task.cfg, task.vectors.shape[1], task.x.shape[1]
        self.head: LinearHead | CosineHead = LinearHead(task.layer)
        if cfg.generator == "projection":
            self.head = CosineHead(task.vectors, size, cfg.projection.tau)
        self.generator: Generator | None = build(classes, size, cfg)
        used = self.generator is not None and cfg.disentangle.use
        self.disentangler = Disentangler(classes, size, cfg.disentangle) if used else None

    def fakes(self, task: Task, y: Tensor) -> Tensor:
        """One embedding for each of these classes, (n,) -> (n, d); none without a generator."""
        if self.generator is None:
            return task.vectors.new_zeros(0, task.x.shape[1])
        made: Tensor = self.generator(task.vectors[y], task.seen[y])
        return made
