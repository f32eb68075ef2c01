"""Small settings, with all parts of the method at work."""

TRAINING = {
    "experts": "both",
    "branches": "both",
    "attribute_vectors": "names",
    "train_vectors": True,
    "rank": 0,
    "training_lambda_rc": None,
    "loss": {
        "classification": "mal",
        "margin": 0.7,
        "true_margin": 2.0,
        "pair": "code",
        "align": 0.2,
        "distill": 0.3,
        "self_calibration": 0.1,
    },
    "sampler": "balanced",
    "batch_size": 6,
    "epochs": 3,
    "optimizer": {"lr": 1e-2, "smoothing": 0.9, "momentum": 0.9, "weight_decay": 1e-3},
    "precision": "fp32",
}
INFERENCE = {"lambda_rc": 0.8, "lambda_e": 0.4, "margin": 0.5}
