"""How much is tested: what a change needs, or with KINORA_CRASH_MATRIX=full everything, in the most faithful way."""

from __future__ import annotations

import os

FULL = os.environ.get("KINORA_CRASH_MATRIX") == "full"
