"""Commands for people, `python -m zslcore COMMAND`; one module for each.

Every module has `NAME`, `HELP`, `add(parser)` and `run(args) -> int` (the exit code), and is cheap
to import: whatever takes time to load is imported in `run`.
"""
