"""Where every artefact lies. Relative to the working directory: DVC runs stages at the root."""

from pathlib import Path

DATA = Path("data")
EVALUATION = DATA / "evaluation"
METRICS = Path("metrics")
REPORTS = Path("reports")


def config(dataset: str, stage: str) -> Path:
    return DATA / "configs" / dataset / f"{stage}.json"


def report_config() -> Path:
    return DATA / "configs" / "report.json"


def raw(dataset: str) -> Path:
    return DATA / "raw" / dataset


def prepared(dataset: str) -> Path:
    return DATA / "prepared" / dataset


def features(dataset: str) -> Path:
    return DATA / "features" / dataset


def oracle(method: str, dataset: str, phase: str) -> Path:
    return DATA / "oracle" / method / f"{dataset}-{phase}"


def tuned(method: str, dataset: str) -> Path:
    return DATA / "tuned" / method / dataset


def models(method: str, dataset: str, phase: str) -> Path:
    return DATA / "models" / method / f"{dataset}-{phase}"


def prior(method: str, dataset: str, phase: str) -> Path:
    return DATA / "priors" / method / f"{dataset}-{phase}.npy"


def training(method: str, dataset: str, phase: str) -> Path:
    return DATA / "training" / method / f"{dataset}-{phase}"


def squares(dataset: str) -> Path:
    return DATA / "squares" / dataset


def caches(method: str, dataset: str, phase: str) -> Path:
    return DATA / "caches" / method / f"{dataset}-{phase}"


def clusters(dataset: str) -> Path:
    return DATA / "clusters" / dataset


def answers(method: str, dataset: str, phase: str) -> Path:
    return DATA / "answers" / method / f"{dataset}-{phase}"


def scores(method: str, dataset: str, phase: str) -> Path:
    return DATA / "scores" / method / f"{dataset}-{phase}"


def calibration(method: str, dataset: str) -> Path:
    return DATA / "calibration" / method / dataset


def evaluation(method: str, dataset: str) -> Path:
    return EVALUATION / method / dataset


def studies(dataset: str) -> Path:
    return Path("benchmarks") / "studies" / dataset


def metrics(method: str, dataset: str, ending: str = ".json") -> Path:
    return METRICS / method / f"{dataset}{ending}"
