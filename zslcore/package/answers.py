"""From the scores of several seeds to one list of answers per image.

Each seed's scores are set back by the handicap that was chosen on validation; one handicap serves
all seeds, which therefore have one scale, and their calibrated scores are averaged as they are. The
result is a score: higher is likelier, but it is no probability, and says nothing across methods.
What is said beside it is how many seeds give that class as their first answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zslcore.calibration.handicap import Handicap
from zslcore.data.problem import Array, Labels
from zslcore.package.classes import Classes


@dataclass(frozen=True)
class Answer:
    """A class that an image may be of.

    Attributes:
        name: of the class.
        score: calibrated, mean over the seeds.
        votes: seeds whose first answer it is.
        seen: whether it had training images.
        new: whether it is none of the package's.
    """

    name: str
    score: float
    votes: int
    seen: bool
    new: bool


@dataclass(frozen=True)
class Ranking:
    """How answers are chosen.

    Attributes:
        classes: all K that were scored.
        among: positions of those that may be answered.
        handicap: of the seen ones.
        top: answers per image, at most.
    """

    classes: Classes
    among: Labels
    handicap: Handicap
    top: int

    def answers(self, scores: Array) -> list[list[Answer]]:
        """Scores (S, N, K) -> for each image its answers, the best first; of equals the first."""
        calibrated = self.handicap.apply(scores.astype(np.float64), self.classes.seen)
        asked = calibrated[..., self.among]
        first = asked.argmax(-1)
        votes = (first[..., None] == np.arange(len(self.among))).sum(0)
        mean = asked.mean(0)
        order = np.argsort(-mean, axis=1, kind="stable")[:, : self.top]
        return [
            self._of_image(mean[n], votes[n], order[n].tolist()) for n in range(scores.shape[1])
        ]

    def _of_image(self, mean: Array, votes: Array, order: Sequence[int]) -> list[Answer]:
        found = []
        for at in order:
            c = int(self.among[at])
            seen, new = bool(self.classes.seen[c]), bool(self.classes.new[c])
            name = self.classes.names[c]
            found.append(Answer(name, float(mean[at]), int(votes[at]), seen, new))
        return found
