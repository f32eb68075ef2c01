"""The classic zero-shot baselines: closed forms, ranking losses, probabilistic ones, CMT."""
