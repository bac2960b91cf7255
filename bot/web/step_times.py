"""How long the steps of jobs take, by phase."""

from __future__ import annotations

from prometheus_client import Histogram

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)  # seconds


class StepTimes:
    """Records each step that ended, whatever its result."""

    def __init__(self) -> None:
        self.seconds = Histogram(
            "kinora_step_seconds",
            "How long a step of a job took, by the phase that it began in",
            labelnames=["phase"],
            buckets=BUCKETS,
            registry=None,
        )

    def took(self, phase: str, seconds: float) -> None:
        self.seconds.labels(phase).observe(seconds)
