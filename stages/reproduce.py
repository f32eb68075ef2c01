"""Reproduce the pipeline, several stages at a time: python -m stages.reproduce [-j JOBS].

`dvc repro` runs one stage after the other. Here a stage starts as soon as those it depends on have
ended, as `dvc repro --single-item`, so that what is unchanged is skipped, and what was made before
is taken from DVC's cache. What stages print goes to a file each.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

LOGS = Path("scratch") / "reproduce"
RAN = "Running stage"  # what DVC says before it runs one
HEAVY = 10  # times the work of another stage
LAST = 30  # lines that are shown of a stage that failed


class Stage(NamedTuple):
    """A stage as DVC sees it.

    Attributes:
        needs: the stages that it depends on.
        heavy: whether it trains or computes long.
    """

    needs: Collection[str]
    heavy: bool = False


def pipeline() -> dict[str, Stage]:
    """All stages; heavy ones are those that a cluster's launcher may be put before."""
    from dvc.repo import Repo

    with Repo() as repo:
        graph = repo.index.graph
        return {
            stage.addressing: Stage(
                {of.addressing for of in graph.successors(stage)}, "$ZSL_" in str(stage.cmd)
            )
            for stage in graph.nodes
        }


def ahead(stages: Mapping[str, Stage]) -> dict[str, int]:
    """How much work waits for a stage: the longest way from it to the end, itself counted."""
    found = {name: HEAVY if stage.heavy else 1 for name, stage in stages.items()}
    own = dict(found)
    for name in reversed(list(TopologicalSorter(needs(stages)).static_order())):
        for below in stages[name].needs:
            found[below] = max(found[below], own[below] + found[name])
    return found


def needs(stages: Mapping[str, Stage]) -> dict[str, Collection[str]]:
    """Of each stage those that it depends on."""
    return {name: stage.needs for name, stage in stages.items()}


def in_order(stages: Mapping[str, Stage], jobs: int, run: Callable[[str], bool]) -> list[str]:
    """Run every stage after those that it needs, at most `jobs` at a time.

    Of those that may begin, the one that most work waits for does. After a failure no stage is
    started; those that run come to their end.

    Args:
        stages: by name.
        jobs: how many at a time.
        run: runs one, and says whether it went well.

    Returns:
        the stages that failed.
    """
    order, most, failed = TopologicalSorter(needs(stages)), ahead(stages), list[str]()
    order.prepare()
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[bool], str] = {}
        waiting: list[str] = []
        while order.is_active():
            waiting = sorted([*waiting, *order.get_ready()], key=lambda name: -most[name])
            while waiting and len(running) < jobs and not failed:
                stage = waiting.pop(0)
                running[pool.submit(run, stage)] = stage
            if not running:
                break
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                stage = running.pop(done)
                if done.result():
                    order.done(stage)
                else:
                    failed.append(stage)
    return failed


def reproduce(stage: str) -> bool:
    """Run one, and say so if there was anything to run."""
    log = LOGS / f"{stage}.log"
    begun = time.monotonic()
    with log.open("w", encoding="utf-8") as file:
        # DVC locks its files for short moments, in which another stage's DVC has to wait
        command = (sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--single-item", stage)
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False)
    said = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        tail = "\n".join(said.splitlines()[-LAST:])
        print(f"{stage} failed; all that it said is in {log}, at the end:\n{tail}", file=sys.stderr)
    elif RAN in said:
        print(f"{time.monotonic() - begun:6.0f} s  {stage}", flush=True)
    return not done.returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-j", "--jobs", type=int, default=2, help="stages at a time")
    jobs = max(1, parser.parse_args().jobs)
    LOGS.mkdir(parents=True, exist_ok=True)
    if in_order(pipeline(), jobs, reproduce):
        sys.exit(1)


if __name__ == "__main__":
    main()
