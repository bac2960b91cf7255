"""The prompts that the simulated ComfyUI runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.data_classes import value_object
from bot.sandbox.video.comfyui.graphs import Checked
from bot.sandbox.video.openai.videos import SimulatedVideo

JOBS = {"queued": "pending", "in_progress": "in_progress", "completed": "completed", "failed": "failed"}


@value_object
class Prompt:
    """One entry of the queue, and later of the history. `stopped_at` is when it was interrupted."""

    number: int
    id: str
    checked: Checked
    client_id: str
    video: SimulatedVideo
    stopped_at: float | None = None

    def status(self, now: float) -> str:
        if self.stopped_at is not None:
            return "cancelled"
        is_waiting = now < self.video.created_at  # another one uses the machine
        return "pending" if is_waiting else "in_progress" if now < self.video.ends_at else JOBS[self.video.status(now)]

    def times(self, now: float) -> tuple[int, int] | None:
        """When it began and ended, in milliseconds; None unless it did both."""
        ended = self.video.ends_at if self.stopped_at is None else min(self.stopped_at, self.video.ends_at)
        if ended > now or ended < self.video.created_at:
            return None
        return round(self.video.created_at * 1000), round(ended * 1000)

    def entry(self) -> list[Any]:
        extra = {"client_id": self.client_id}
        return [self.number, self.id, self.checked.graph, extra, list(self.checked.outputs)]


def path_of(prompt: Prompt) -> str:
    """The path of the file that a prompt makes: the first with its prefix."""
    saver = prompt.checked.saver or ""
    return f"{prompt.checked.graph[saver]['inputs']['filename_prefix']}_00001_.mp4"


def progress_frames(prompts: Sequence[Prompt], client_id: str, now: float) -> Iterator[dict[str, Any]]:
    """What a client receives: for each pass in turn, from none to all of its steps."""
    for prompt in prompts:
        if prompt.client_id != client_id or prompt.status(now) != "in_progress":
            continue
        passes = [each for each, node in prompt.checked.graph.items() if "Sampler" in node["class_type"]]
        passes = [each for each in passes if prompt.checked.graph[each]["class_type"] != "KSamplerSelect"]
        share = (now - prompt.video.created_at) / (prompt.video.ends_at - prompt.video.created_at) * len(passes)
        for number, node in enumerate(passes):
            if share > number:
                told = {"value": round(20 * min(1.0, share - number)), "max": 20, "node": node, "prompt_id": prompt.id}
                yield {"type": "progress", "data": told}
