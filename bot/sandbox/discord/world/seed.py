"""The world at the start of a demo, the same in every run."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.places import THREAD, Channel, Guild, Overwrite, Role, User
from bot.sandbox.discord.world.snowflakes import seeded

TOKEN = "sandbox-token"  # noqa: S105 - known to all on purpose: it opens nothing but the sandbox


@dataclass(slots=True, kw_only=True)
class Seed:
    bot: User
    users: list[User]
    guilds: list[Guild]
    channels: list[Channel]
    token: str = TOKEN
    public_key: str = field(default="0" * 64)


def demo(premium_tier: int = 0, token: str = TOKEN) -> Seed:
    """One server with a studio, and a second, separate one."""
    bot = User(id=seeded(1), key="kinora", name="Kinora", note="the bot", bot=True)
    ann = User(id=seeded(2), key="ann", name="Ann", note="Filmmaker", avatar_color="#eb459e")
    max_ = User(id=seeded(3), key="max", name="Max", note="Manager of the server", avatar_color="#3ba55d")
    sam = User(id=seeded(4), key="sam", name="Sam", note="New here, no role", avatar_color="#faa61a")
    tia = User(id=seeded(7), key="tia", name="Tia", note="Trial member", avatar_color="#9b59b6")
    olga = User(id=seeded(5), key="olga", name="Olga", note="On another server", avatar_color="#5865f2")
    home = _home(bot, [ann, max_, sam, tia], premium_tier)
    other = _guild(seeded(20), "Other server", "OS", olga.id, bot)
    other.members[olga.id] = set()
    return Seed(
        bot=bot,
        users=[bot, ann, max_, sam, tia, olga],
        guilds=[home, other],
        channels=[*_channels(home), Channel(id=seeded(21), name="elsewhere", guild_id=other.id, topic="Another place")],
        token=token,
    )


def _home(bot: User, people: list[User], premium_tier: int) -> Guild:
    ann, max_, _, tia = people
    absent = seeded(6)  # the owner is a different, absent person: owners may do everything, which would hide mistakes
    home = _guild(seeded(10), "Kinora demo", "KD", absent, bot)
    home.premium_tier = premium_tier
    filmmaker = Role(id=seeded(11), name="Filmmaker", permissions=0, position=1, color=0xEB459E)
    powers = may.MANAGE_GUILD | may.MANAGE_MESSAGES | may.MANAGE_CHANNELS | may.MANAGE_ROLES | may.MANAGE_THREADS
    manager = Role(id=seeded(12), name="Manager", permissions=powers, position=2, color=0x3BA55D)
    trial = Role(id=seeded(17), name="Trial", permissions=0, position=1, color=0x9B59B6)
    home.roles |= {filmmaker.id: filmmaker, manager.id: manager, trial.id: trial}
    home.members |= {person.id: set() for person in people}
    home.members[ann.id].add(filmmaker.id)
    home.members[max_.id].add(manager.id)
    home.members[tia.id].add(trial.id)
    return home


def _guild(guild_id: int, name: str, icon_text: str, owner_id: int, bot: User) -> Guild:
    everyone = Role(id=guild_id, name="@everyone", permissions=may.ORDINARY)
    own = Role(id=guild_id + 1, name=bot.name, permissions=may.POSTING, position=9, bot_id=bot.id)
    return Guild(
        id=guild_id,
        name=name,
        owner_id=owner_id,
        icon_text=icon_text,
        roles={everyone.id: everyone, own.id: own},
        members={bot.id: {own.id}},
    )


def _channels(home: Guild) -> list[Channel]:
    silenced = Overwrite(id=home.role("Kinora").id, member=False, deny=may.SEND_MESSAGES | may.ATTACH_FILES)
    for_staff = [
        Overwrite(id=home.id, member=False, deny=may.VIEW_CHANNEL),
        *(Overwrite(id=home.role(name).id, member=False, allow=may.VIEW_CHANNEL) for name in ("Manager", "Kinora")),
    ]
    studio = Channel(id=seeded(13), name="studio", guild_id=home.id, topic="Type /create and watch", position=0)
    return [
        studio,
        Channel(id=seeded(14), name="lounge", guild_id=home.id, topic="Talk", position=1),
        Channel(
            id=seeded(15),
            name="read-only",
            guild_id=home.id,
            topic="Kinora may read here, but not post",
            position=2,
            overwrites={silenced.id: silenced},
        ),
        Channel(
            id=seeded(18),
            name="staff",
            guild_id=home.id,
            topic="For managers: what needs them",
            position=3,
            overwrites={each.id: each for each in for_staff},
        ),
        Channel(id=seeded(16), name="storyboard", type=THREAD, guild_id=home.id, parent_id=studio.id),
    ]
