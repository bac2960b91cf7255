"""The server profiles of the OpenAI Videos dialect: how each kind of server actually behaves, as data.

The sources of these facts were read on 2026-11-23 to 27; LiteLLM was also seen running. Where nothing could be
confirmed, the cautious value is set. A quirk is a field here, never an `if` on a name elsewhere.
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
)  # needs only a starting picture from a host


class Carried(StrEnum):
    """How a picture is sent; both ways under the name `input_reference`."""

    FILE = "a file of a form"
    DATA_URI = "text: data:image/png;base64,…"


@value_object
class ServerProfile:
    """A kind of server. The defaults fit most."""

    name: str
    methods: frozenset[RemixMethod] = PICTURED  # remix methods that exist there and do not lose what was paid
    as_form: bool = True  # a creation is a form even without a file; otherwise JSON
    picture: Carried = Carried.FILE
    counts_seconds: bool = False  # `seconds` is a number
    needs_model: bool = False  # it serves several, and an order has to name one
    asks_with_model: bool = False  # a video is found only with `?model=` in addition to its id
    blocks: bool = False  # an order is answered when the video is made, and nothing can be polled
    lists: bool = True  # its list, if there is one, contains everything of ours
    registers: bool = False  # an order is listed before it is answered: one that is not listed was not accepted
    shows_at_once: bool = False  # like `Provider.shows_at_once`; true for any server that registers orders
    deletes: bool = True
    stops: bool = True  # deleting a video ends its render
    stills: bool = True  # it has thumbnails and spritesheets
    in_order: bool = False  # it makes one video after the other
    extra: Mapping[str, str] = field(default_factory=dict)  # sent with every creation
    options: Mapping[Ability, str] = field(default_factory=dict)  # supported options, and the field of each
    options_in: str | None = None  # the field that contains them all; None: they are next to all others
    repeats: bool = False  # it makes the same film for the same prompt unless the seed changes


USUAL_OPTIONS = {Ability.SEED: "seed", Ability.NEGATIVE_PROMPT: "negative_prompt"}  # their usual names
PLAIN = ServerProfile(
    name="plain", methods=frozenset(RemixMethod), options=USUAL_OPTIONS
)  # unknown server: whatever the model card says, counts
UNSURE = replace(
    PLAIN, methods=frozenset(RemixMethod) - BY_ID, stops=False
)  # it could not be asked: only what can't lose anything

SERVER_PROFILES = (
    PLAIN,
    ServerProfile(name="openai", methods=frozenset(RemixMethod), shows_at_once=True),
    # A remix was paid and its id then led nowhere in 1.106.2; in 1.108.7 it works, but few upstreams support it. The
    # list requires a provider, which we cannot know. DELETE is 405. Stills are the video itself. All this was seen
    # running.
    ServerProfile(
        name="litellm",
        needs_model=True,
        asks_with_model=True,
        lists=False,
        deletes=False,
        stops=False,
        stills=False,
    ),
    # JSON only, `provider/model`, ids `id:provider`. The list requires a provider, and shows only its videos.
    ServerProfile(
        name="bifrost",
        methods=PICTURED | {RemixMethod.NATIVE},
        as_form=False,
        picture=Carried.DATA_URI,
        needs_model=True,
        lists=False,
        options=USUAL_OPTIONS | {Ability.SOUND: "audio"},
    ),
    # Forms only. One model; its name may be omitted, a wrong one is refused. A file may be a video.
    ServerProfile(
        name="vllm-omni",
        in_order=True,
        methods=PICTURED | {RemixMethod.SOURCE},
        registers=True,
        shows_at_once=True,
        stills=False,
        options=USUAL_OPTIONS | {Ability.SOUND: "generate_sound"},
    ),
    # Old versions accept no form without a file, new ones no file if the model starts from a prompt: JSON suits both.
    # Its list has no prompts. A deleted video is still rendered to its end. Its seed is 1024 unless another one is
    # sent.
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
    # The remix route leads to the channel of the source; there is no list and no delete.
    ServerProfile(
        name="new-api",
        methods=PICTURED | {RemixMethod.NATIVE},
        needs_model=True,
        lists=False,
        deletes=False,
        stops=False,
        stills=False,
    ),
    # The vendor documents create, retrieve and content with the SDK; nothing else is confirmed.
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
    """The profile of that name, which is in the table of dialects; None for `auto`."""
    wanted = name.strip().lower()
    return None if wanted == AUTO else BY_NAME[wanted]
