"""The server profiles of the OpenAI Videos dialect: what each kind of server really does, as data.

The sources of these facts were read on 2026-11-23 to 27; LiteLLM was also seen running. What nobody could confirm has
the careful value. A quirk is a field here, never an `if` on a name elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.models.abilities import Ability
from bot.domain.video import BY_ID, RemixMethod

AUTO = "auto"
PICTURED = frozenset(
    {RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT}
)  # needs no more of a host than a starting picture


class Carried(StrEnum):
    """How a picture travels; both ways under the name `input_reference`."""

    FILE = "a file of a form"
    DATA_URI = "text: data:image/png;base64,…"


@value_object
class ServerProfile:
    """One kind of server. The defaults suit most."""

    name: str
    methods: frozenset[RemixMethod] = PICTURED  # ways to remix that exist there and do not lose what was paid
    as_form: bool = True  # a creation is a form even without a file; otherwise JSON
    picture: Carried = Carried.FILE
    counts_seconds: bool = False  # `seconds` is a number
    needs_model: bool = False  # it serves several, and an order has to name one
    asks_with_model: bool = False  # a video is found only with `?model=` besides its id
    blocks: bool = False  # the order is answered when the video is made, and there is nothing else to ask
    lists: bool = True  # its list, if it gives one, is all there is of ours
    registers: bool = False  # an order is in its list before it is answered: what is not there was not taken
    shows_at_once: bool = False  # as `Provider.shows_at_once`; what registers orders does
    deletes: bool = True
    stops: bool = True  # deleting a video ends its render
    stills: bool = True  # it has thumbnails and spritesheets
    in_order: bool = False  # it makes one video after the other
    extra: Mapping[str, str] = field(default_factory=dict)  # sent with every creation
    options: Mapping[Ability, str] = field(default_factory=dict)  # that it takes, by the field of each
    options_in: str | None = None  # the field that has them together; None: they are beside all others
    repeats: bool = False  # it makes the same film of the same words, unless it is given another seed


USUAL_OPTIONS = {Ability.SEED: "seed", Ability.NEGATIVE_PROMPT: "negative_prompt"}  # all that have them call them so
PLAIN = ServerProfile(
    name="plain", methods=frozenset(RemixMethod), options=USUAL_OPTIONS
)  # nobody knows what it is: the model card decides, its word counts
UNSURE = replace(
    PLAIN, methods=frozenset(RemixMethod) - BY_ID, stops=False
)  # it could not be asked: nothing that could be lost

SERVER_PROFILES = (
    PLAIN,
    ServerProfile(name="openai", methods=frozenset(RemixMethod), shows_at_once=True),
    # A remix was paid and its id then led nowhere in 1.106.2; in 1.108.7 it leads home, but few upstreams have one. The
    # list wants a provider that we cannot know. DELETE is 405. Stills are the video itself. All this was seen running.
    ServerProfile(
        name="litellm",
        needs_model=True,
        asks_with_model=True,
        lists=False,
        deletes=False,
        stops=False,
        stills=False,
    ),
    # JSON only, `provider/model`, ids `id:provider`. The list wants a provider, and shows its videos only.
    ServerProfile(
        name="bifrost",
        methods=PICTURED | {RemixMethod.NATIVE},
        as_form=False,
        picture=Carried.DATA_URI,
        needs_model=True,
        lists=False,
        options=USUAL_OPTIONS | {Ability.SOUND: "audio"},
    ),
    # Forms only. One model; its name may be left out, a wrong one is refused. A file may be a video.
    ServerProfile(
        name="vllm-omni",
        in_order=True,
        methods=PICTURED | {RemixMethod.SOURCE},
        registers=True,
        shows_at_once=True,
        stills=False,
        options=USUAL_OPTIONS | {Ability.SOUND: "generate_sound"},
    ),
    # Old versions take no form without a file, new ones no file where the model starts from words: JSON suits both.
    # Its list has no prompts. A deleted video is rendered to its end. Its seed is 1024 unless another one is sent.
    ServerProfile(
        name="sglang",
        in_order=True,
        as_form=False,
        counts_seconds=True,
        registers=True,
        shows_at_once=True,
        stops=False,
        stills=False,
        options=USUAL_OPTIONS,
        repeats=True,
    ),
    # The route of a remix leads to the channel of its source; there is none to list or to delete.
    ServerProfile(
        name="new-api",
        methods=PICTURED | {RemixMethod.NATIVE},
        needs_model=True,
        lists=False,
        deletes=False,
        stops=False,
        stills=False,
    ),
    # The vendor shows create, retrieve and content with the SDK; nothing else is confirmed.
    ServerProfile(name="saygm", needs_model=True, lists=False, deletes=False, stops=False, stills=False),
    ServerProfile(
        name="fastvideo",
        in_order=True,
        registers=True,
        shows_at_once=True,
        stops=False,
        stills=False,
        options=USUAL_OPTIONS | {Ability.SOUND: "generate_sound"},
    ),
    ServerProfile(
        name="dynamo",
        as_form=False,
        picture=Carried.DATA_URI,
        counts_seconds=True,
        needs_model=True,
        blocks=True,
        lists=False,
        deletes=False,
        stops=False,
        stills=False,
        extra={"response_format": "url"},
        options=USUAL_OPTIONS,
        options_in="nvext",
    ),
)
BY_NAME: Mapping[str, ServerProfile] = {profile.name: profile for profile in SERVER_PROFILES}


def profile_named(name: str) -> ServerProfile | None:
    """The profile of that name, which is one of those in the table of dialects; None for `auto`."""
    wanted = name.strip().lower()
    return None if wanted == AUTO else BY_NAME[wanted]
