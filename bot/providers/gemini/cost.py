"""What an interaction cost. Google reports tokens, not dollars: the price list is here, a dated row for each model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.data_classes import value_object
from bot.domain.money.usd import Usd

MILLION = 1_000_000
MOST_TOKENS = 10**9  # of one kind in one video; a higher report is nonsense
USUAL_TIER = "standard"  # the others (flex, priority, batch) have their own prices


@value_object
class TokenPrices:
    """Dollars per million tokens of each kind, with the day they were checked."""

    read: date
    video: Usd  # the video that was made, with its sound
    output: Usd  # everything else that was written, including thoughts
    input: Usd  # prompts, pictures and earlier videos that were read


# Google's list for 1.1 (720p, standard tier); it matches the token counts in the recordings of the same day. The list
# for 1.2 is uncertain, so a card for it is settled by its price per second.
PRICES: Mapping[str, TokenPrices] = {
    "gemini-omni-1.1-flash": TokenPrices(
        read=date(2026, 10, 8), video=Usd.of("17.50"), output=Usd.of("9.00"), input=Usd.of("1.50")
    ),
}


def cost_of(interaction: Mapping[str, object]) -> Usd | None:
    """Rounded up to a micro-dollar; None if the report or the price list does not say."""
    prices = PRICES.get(str(interaction.get("model")).removeprefix("models/"))
    usage = interaction.get("usage")
    if prices is None or not isinstance(usage, dict) or interaction.get("service_tier", USUAL_TIER) != USUAL_TIER:
        return None
    counts = [_count(usage.get(name)) for name in ("total_output_tokens", "total_input_tokens")]
    counts += [_count(usage.get(name, 0)) for name in ("total_thought_tokens", "total_tool_use_tokens")]
    if None in counts:
        return None
    video = video_tokens(interaction)
    written, read, thought, tools = (count or 0 for count in counts)
    parts = video * prices.video.micros
    parts += (max(0, written - video) + thought) * prices.output.micros
    parts += (read + tools) * prices.input.micros
    return Usd(-(-parts // MILLION))


def video_tokens(interaction: Mapping[str, object]) -> int:
    """Reported video tokens: 5,792 per second at 720p. 0 if no video was made, or none is reported."""
    match interaction.get("usage"):
        case {"output_tokens_by_modality": [*kinds]}:
            return sum(_video_tokens(kind) for kind in kinds)
        case _:
            return 0


def _video_tokens(kind: object) -> int:
    match kind:
        case {"modality": str(name), "tokens": tokens} if name.lower() == "video":
            return _count(tokens) or 0
        case _:
            return 0


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS:
        return value
    return None
