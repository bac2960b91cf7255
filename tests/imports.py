"""The files of sora-2-playground's videos, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OCTOBER = datetime(2025, 10, 18, 9, 30, tzinfo=UTC)
FOX: Mapping[str, Any] = {
    "id": "video_fox",
    "timestamp": int(OCTOBER.timestamp() * 1000),
    "filename": "video_fox_video.mp4",
    "storageModeUsed": "fs",
    "durationMs": 61_000,
    "model": "sora-2",
    "size": "1280x720",
    "seconds": 4,
    "prompt": "a fox in the snow",
    "mode": "create",
    "costDetails": {"model": "sora-2", "resolution": "1280x720", "duration": 4, "totalCost": 0.4},
}
OWL = {**FOX, "id": "video_owl", "mode": "remix", "remix_of": "video_fox", "prompt": "an owl instead"}


def written(folder: Path, history: object) -> Path:
    file = folder / "history.json"
    file.write_text(json.dumps(history))
    return file
