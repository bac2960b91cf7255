"""The buttons that are only on the panel behind **More…**."""

from __future__ import annotations

import discord

from bot.ui.interactions.buttons import JobButton, template
from bot.ui.text.phrases.studio import collections, extending, look, more, presets, threads
from bot.ui.text.phrases.studio.liked import favourites, ratings, showcase


class ExtendButton(JobButton, template=template("extend")):
    verb, text, emoji = "extend", extending.EXTEND, "🎥"
    opens_form = True


class VariationsButton(JobButton, template=template("variations")):
    verb, text, emoji = "variations", more.VARIATIONS, "🎲"


class CompareButton(JobButton, template=template("compare")):
    verb, text, emoji = "compare", more.COMPARE, "🔀"


class MarkButton(JobButton, template=template("mark")):
    verb, text, emoji = "mark", favourites.FAVOURITE, "⭐"


class UnmarkButton(JobButton, template=template("unmark")):
    verb, text, emoji = "unmark", favourites.IS_FAVOURITE, "⭐"
    style = discord.ButtonStyle.success


class ReportButton(JobButton, template=template("report")):
    verb, text, emoji = "report", more.REPORT, "🚩"
    opens_form = True


class RecipeButton(JobButton, template=template("recipe")):
    verb, text, emoji = "recipe", look.RECIPE, "📋"


class LineageButton(JobButton, template=template("lineage")):
    verb, text, emoji = "lineage", look.LINEAGE, "🌳"


class CollectButton(JobButton, template=template("collect")):
    verb, text, emoji = "collect", collections.COLLECT, "🗂️"
    opens_form = True


class SavePresetButton(JobButton, template=template("save-preset")):
    verb, text, emoji = "save-preset", presets.SAVE, "💾"
    opens_form = True


class ShareButton(JobButton, template=template("share")):
    verb, text, emoji = "share", look.SHARE, "🔗"


class ThreadButton(JobButton, template=template("thread")):
    verb, text, emoji = "thread", threads.CONTINUE, "🧵"


class LikeButton(JobButton, template=template("like")):
    verb, text, emoji = "like", ratings.LIKE, "👍"


class DislikeButton(JobButton, template=template("dislike")):
    verb, text, emoji = "dislike", ratings.DISLIKE, "👎"


class ShowcaseOutButton(JobButton, template=template("showcase-out")):
    verb, text, emoji = "showcase-out", showcase.TAKE_OUT, "⭐"


class AnimateFrameButton(JobButton, template=template("animate-frame")):
    verb, text, emoji = "animate-frame", look.ANIMATE, "🖼️"
