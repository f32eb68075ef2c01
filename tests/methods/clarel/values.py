"""Small settings, with all parts of the method at work."""

SETTINGS = {
    "text": {
        "vocabulary": 40,
        "length": 7,
        "keep": "first",
        "vectors": {
            "by": "captions",
            "path": None,
            "dimension": 6,
            "ppmi": {"window": 2, "smoothing": 0.75, "power": 0.5},
        },
    },
    "features": "pooled",
    "encoder": {"kind": "cnn_lstm", "widths": (6, 8), "kernel": 3, "units": 5},
    "embedding": 7,
    "dropout": 0.25,
    "batch": {"images": 6, "captions": 3, "sample": "replacement", "pairing": "instance"},
    "loss": {"lam": 0.4, "kappa": 0.3, "classifiers": "both", "metric": "euclidean", "scale": 1.5},
    "optimizer": {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 1e-2, "clip": 0.5},
    "steps": 5,
    "log_every": 2,
    "prototypes": {"source": "all", "images": 50},
}
