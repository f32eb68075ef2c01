"""Files whose bytes depend on their content only, and that are never half written."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def write_json(values: Mapping[str, Any] | Sequence[Any], path: Path) -> None:
    """Values as JSON, keys sorted; the folder is made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False)
    beside = path.with_name(f"{path.name}.part")  # a half-written file never has the right name
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)
