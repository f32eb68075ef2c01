"""Fine-tuning of a backbone on the training images of one phase.

AdamW (Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101) under one cycle of the learning
rate (Smith & Topin 2018, https://arxiv.org/abs/1708.07120), on smoothed labels (Szegedy et al.
2016, https://arxiv.org/abs/1512.00567).

Several processes do what one would: the same draws, the same batches shared out among them, loss
and batch norm over the whole batch. They differ from one process by the order of sums only.
"""

from dataclasses import replace

import torch

from zslcore.features import finetune_state, weights
from zslcore.features.backbone import Backbone
from zslcore.features.config import Config
from zslcore.features.sync_norm import over_all_processes
from zslcore.features.trainer import Trainer, Training
from zslcore.runtime import processes
from zslcore.runtime.progress import counting
from zslcore.runtime.run import Record, Run


def finetune(backbone: Backbone, training: Training, cfg: Config, run: Run) -> Backbone:
    """The backbone, trained to tell the classes of these images apart; its model is changed.

    The seed is the run's first. A killed run goes on after the last whole epoch that is found in
    `run.scratch`, and ends with the same weights as an undisturbed one.

    Raises:
        FloatingPointError: the loss is not finite.
        ValueError: a batch has fewer images than there are processes.
    """
    before, model = weights.sha256(backbone.model), backbone.model
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(run.seeds[0])
        trainer = Trainer(backbone, training, cfg, run)
        with over_all_processes(model):
            _train(trainer, run)
    model.reset_classifier(0)
    model.eval()
    about = {
        **cfg.finetune.model_dump(),
        "seed": run.seeds[0],
        "images": len(training.rows),
        "classes": len(trainer.classes),
        "from_sha256": before,
    }
    recipe = {**backbone.recipe, "weights_sha256": weights.sha256(model), "finetuned": about}
    return replace(backbone, recipe=recipe)


def _train(trainer: Trainer, run: Run) -> None:
    """All epochs that an earlier run has not done; those it has done are logged again."""
    n, epochs = len(trainer.targets), trainer.cfg.epochs
    done: list[Record] = []
    if run.scratch:
        done = finetune_state.restore(run.scratch, trainer.model, trainer.optimizer)
    with counting("fine-tuning", n * (epochs - len(done)), "images", processes.first()) as advance:
        for number in range(epochs):
            if number == len(done):
                done.append(trainer.epoch(number, advance))
                if run.scratch and processes.first():
                    finetune_state.save(run.scratch, trainer.model, trainer.optimizer, done)
            if processes.first():
                run.log(done[number])
