"""How the LoRAs of a model card are written in TOML, and the errors for wrong values."""

from __future__ import annotations

from bot.domain.models.abilities import LONGEST_LORA, MOST_LORAS, AllowedLora
from bot.providers.catalogue.error_location import Within

STRONGEST = 100  # ComfyUI's own limit


def loras(value: object) -> dict[str, AllowedLora]:
    """LoRAs by the names that people see. Raises ValueError."""
    match value:
        case dict() if 0 < len(value) <= MOST_LORAS:
            return {_name(name): _allowed(name, each) for name, each in value.items()}
        case _:
            raise ValueError(f"has to be a table of 1 to {MOST_LORAS} names, each with the file that it stands for")


def _name(name: str) -> str:
    if not name.strip() or name != name.strip() or len(name) > LONGEST_LORA or ":" in name or not name.isprintable():
        raise Within(name, f"{name!r}: a name has 1 to {LONGEST_LORA} characters, and no colon")
    return name


def _allowed(name: str, value: object) -> AllowedLora:
    match value:
        case {"file": str(file), **rest} if file.strip() and rest.keys() <= {"strength", "least", "most"}:
            usual = _strength(name, rest.get("strength", 1.0))
            least, most = (_strength(name, rest.get(bound, usual)) for bound in ("least", "most"))
        case _:
            raise Within(name, f"{name}: needs file, and may have strength, least and most")
    if not least <= usual <= most:
        raise Within(name, f"{name}: strength has to lie between least and most")
    return AllowedLora(file=file.strip(), strength=usual, least=least, most=most)


def _strength(name: str, value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not -STRONGEST <= float(str(value)) <= STRONGEST:
        raise Within(name, f"{name}: a strength is a number from -{STRONGEST} to {STRONGEST}, such as 0.8")
    return round(float(str(value)), 3)  # as it is written after a name
