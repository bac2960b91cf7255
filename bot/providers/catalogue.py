"""Interim: to be replaced by the real catalogue."""

from __future__ import annotations
from bot.domain.models import Catalogue, ModelCard
from bot.domain.money import Usd
from bot.domain.video import Rung, Size


def load_catalogue(path, hosts, today):
    a, b = Size(1280, 720), Size(720, 1280)
    return Catalogue(
        {
            "sora-2": ModelCard(
                id="sora-2",
                label="Sora 2",
                provider="openai",
                remote="sora-2",
                seconds=(4, 8, 12),
                sizes=(a, b),
                per_second={a: Usd.of("0.10"), b: Usd.of("0.10")},
                takes_picture=True,
                remix=(Rung.NATIVE, Rung.EDIT, Rung.FRAME, Rung.REPROMPT),
            )
        },
        {},
    )
