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

LOGS = Path("scratch") / "reproduce"
RAN = "Running stage"  # what DVC says before it runs one
LAST = 30  # lines that are shown of a stage that failed


def needs() -> dict[str, set[str]]:
    """The stages, and of each those that it depends on, as DVC sees them."""
    from dvc.repo import Repo

    with Repo() as repo:
        graph = repo.index.graph
        return {s.addressing: {of.addressing for of in graph.successors(s)} for s in graph.nodes}


def in_order(
    stages: Mapping[str, Collection[str]], jobs: int, run: Callable[[str], bool]
) -> list[str]:
    """Run every stage after those that it needs, at most `jobs` at a time.

    After a failure no stage is started; those that run come to their end.

    Args:
        stages: with those that each needs.
        jobs: how many at a time.
        run: runs one, and says whether it went well.

    Returns:
        the stages that failed.
    """
    order, failed = TopologicalSorter(stages), list[str]()
    order.prepare()
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[bool], str] = {}
        waiting: list[str] = []
        while order.is_active():
            waiting += order.get_ready()
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
    if in_order(needs(), jobs, reproduce):
        sys.exit(1)


if __name__ == "__main__":
    main()
