"""The ids of buttons and menus on messages already posted, by the version that first posted them.

Never change or remove a line: its message may be years old. List what a version adds under that version, with one line
per kind of button for each word that its id may hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ABOUT_A_VIDEO = (
    *("adopt", "again", "approve", "cancel", "cancel-order", "delete", "deny", "dismiss", "edit", "frames", "front"),
    *(
        "give-up",
        "manage",
        "more",
        "not-charged",
        "other",
        "pay-again",
        "really-cancel",
        "really-delete",
        "really-pay-again",
    ),
    *("remix", "report-block", "report-dismiss", "report-take-down", "request", "show", "was-charged"),
)
ON_ITS_PANEL = (
    *("animate-frame", "collect", "extend", "lineage", "mark", "recipe", "report", "save-preset", "share"),
    "enter-contest",
    *("like", "dislike", "thread", "showcase-out", "showcase-star", "unmark", "variations"),
)
OF_SEVERAL = ("cancel-waiting", "vote")

RELEASED: Mapping[str, Sequence[str]] = {
    "0.1": (
        *(f"k1:{verb}:K7Q4FD" for verb in (*ABOUT_A_VIDEO, *ON_ITS_PANEL, *OF_SEVERAL)),
        *(f"k1:history:{which}:older:K7Q4FD" for which in ("all", "finished", "kept", "failed", "cancelled", "review")),
        "k1:history:all:newer:K7Q4FD",
        *(
            "k1:history:0a1b2c3d:older:K7Q4FD",
            "k1:history:all:first",
            "k1:star:all:first:K7Q4FD",
            "k1:several:all:first",
            "k1:choose:all:first",
        ),
        *(
            "k1:retry-several:0a1b2c3d",
            "k1:compare:K7Q4FD",
            "k1:compare-with:K7Q4FD",
            "k1:collect-several:0a1b2c3d",
            "k1:take-out:0a1b2c3d:0a1b2c3d",
        ),
        *(f"k1:chosen:{verb}:0a1b2c3d" for verb in ("download", "delete", "really-delete")),
        *(f"k1:contest:{verb}:0123456789abcdef" for verb in ("enter", "own", "vote", "manage", "back")),
        *(f"k1:contest:{verb}:0123456789abcdef" for verb in ("end", "really-end", "cancel", "really-cancel")),
        *("k1:contest-deadline:0123456789abcdef", "k1:contest-pick:0123456789abcdef"),
        *(f"k1:contest-offer:0123456789abcdef:{place}" for place in ("first", "older:K7Q4FD", "newer:K7Q4FD")),
        *(f"k1:contest-{act}:0123456789abcdef:K7Q4FD" for act in ("put", "withdraw")),
        *("k1:contest-ballot:0123456789abcdef:0", "k1:contest-cast:0123456789abcdef:0:K7Q4FD"),
        "k1:models:at:sora-2",
        "k1:set-language",
        "k1:edit-text:0123456789abcdef",
        *(f"k1:prompt-{act}:0123456789abcdef" for act in ("use", "keep", "improve")),
        "k1:queue:page:1:now",
        *(f"k1:queue:{act}" for act in ("pause", "drain", "resume")),
        "k1:requests",
        *(f"k1:bulk:form:{kind}" for kind in ("retry", "delete", "take-down")),
        *(f"k1:bulk:{verb}:0123abcd" for verb in ("begin", "stop", "go-on")),
        *(f"k1:me:{act}" for act in ("preferences", "stored", "export", "erase", "status")),
        *(f"k1:me:{act}" for act in ("showcase-on", "showcase-off")),
        *("k1:me-form:me-ask-above", "k1:me-form:me-erase", "k1:me-notify"),
        *(f"k1:moderation:{act}:0" for act in ("page", "blocked", "unblock")),
        *(f"k1:moderation-form:mod-{form}" for form in ("words", "patterns", "model", "try", "block", "appeals")),
        *(f"k1:moderate:{act}:0123456789abcdef" for act in ("dismiss", "allow", "keep")),
        *(f"k1:moderate:{act}:103" for act in ("unblock", "keep-blocked")),
        *("k1:block-form:0123456789abcdef", "k1:appeal:0123456789abcdef", "k1:appeal:block"),
        *(f"k1:{kind}:member103:last-month:model" for kind in ("costs-period", "costs-by", "costs-chart", "costs-csv")),
        *("k1:costs-period:mine:20260101-20260131:day", "k1:stats-period:30-days", "k1:stats-chart:all"),
        *("k1:keys-add", "k1:keys-remove", "k1:keys-really:gemini@member:10:101"),
        *(f"k1:tiers:{act}:00000vip" for act in ("list", "open", "up", "down", "remove", "really-remove")),
        *(f"k1:tier-form:tier-{form}:00000vip" for form in ("add", "name", "videos", "limits", "asking", "try")),
        *("k1:settings-page", "k1:settings:access", "k1:settings-history:older:7", "k1:set:access:everyone"),
        *("k1:set-roles", "k1:set-channel:notices", "k1:set-allowed", "k1:set-zone"),
        *("k1:set-channel:showcase", "k1:set-showcase-stars", "k1:set:showcase:no-showcase"),
        *(f"k1:set-videos:{rule}" for rule in ("spoilers", "age")),
        *(f"k1:set-form:set-{form}" for form in ("budget", "pool", "grant", "asking", "zone", "defaults")),
        *(f"k1:preset:{act}:mine-0123456789ab" for act in ("open", "copy", "remove", "really-remove")),
        *(f"k1:preset-form:{form}:server-0123456789ab" for form in ("use", "edit-preset", "preset-options")),
        *("k1:preset-form:edit-preset:new", "k1:preset-select:mine", "k1:preset-select:server"),
        *(f"k1:presets:{what}" for what in ("list", "export-mine", "export-server")),
        *("k1:still:K7Q4FD", "k1:relative:K7Q4FD"),
        *("k1:first-video", "k1:free-test"),
        *("k1:webhook-add", "k1:webhook-pick"),
        *(f"k1:webhook:{act}:0123456789ab" for act in ("show", "test", "rotate", "enable", "remove", "really")),
    ),
}
