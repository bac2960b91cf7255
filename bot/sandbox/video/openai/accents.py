"""The kinds of server that can be simulated."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.video.openai.gateways import Bifrost, LiteLLM, NewAPI, SayGM
from bot.sandbox.video.openai.gpu_servers import Dynamo, FastVideo, SGLang, VllmOmni
from bot.sandbox.video.openai.manner import Manner, Plain

MANNERS: Mapping[str, type[Manner]] = {
    manner.name: manner
    for manner in (Manner, LiteLLM, Bifrost, VllmOmni, SGLang, NewAPI, SayGM, FastVideo, Dynamo, Plain)
}
SIMULATED_ACCENTS = tuple(MANNERS)  # names for `VideoHost(accent=…)`; the first is the strict original
