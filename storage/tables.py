"""The tables. Discord ids are 64-bit integers, money is micro-dollars, times are `UtcDateTime`s."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    text,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.money.costs import EntryKind
from bot.domain.phases import AwaitingApproval, Trait, Unsent, name_of, names_with
from storage import guild_tables, member_tables
from storage.db.json_types import LenientJson
from storage.db.metadata import metadata as all_tables
from storage.db.metadata import partial_index
from storage.db.time_types import UtcDateTime
from storage.keys import table as key_tables
from storage.money import helper_table
from storage.reports import tables as report_tables
from storage.studio import collections_table, favourites_table, presets_table, votes_table
from storage.studio.contests import tables as contest_tables
from storage.studio.ratings import tables as rating_tables
from storage.studio.showcase import table as showcase_table
from storage.webhooks import tables as webhook_tables

metadata = all_tables
OF_FINISHED_VIDEOS = (
    *(favourites_table, votes_table, collections_table, presets_table),
    *(rating_tables, showcase_table, contest_tables),
)
# Registered with all tables once imported.
DEFINED_ELSEWHERE = (
    guild_tables,
    helper_table,
    key_tables,
    member_tables,
    report_tables,
    webhook_tables,
    *OF_FINISHED_VIDEOS,
)

OPEN_STATES = names_with(Trait.WAITS, Trait.WORKS_ALONE)
REST_STATES = names_with(Trait.AT_REST, without=Trait.HOLDS_MONEY)
ENDED_STATES = names_with(Trait.TELLS_OF_MODEL)
REVIEW_STATES = names_with(Trait.HOLDS_MONEY)
APPROVAL_STATES = (name_of(AwaitingApproval),)
VIDEO_STATES = names_with(Trait.HAS_VIDEO)
UNSENT_STATES = tuple(name_of(kind) for kind in get_args(Unsent))
AMBIGUOUS_STATES = names_with(Trait.AMBIGUOUS)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("interaction_id", BigInteger),
    Column("private", Boolean, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("size", String, nullable=False),
    Column("picture", LenientJson(none_as_null=True)),
    Column("options", LenientJson(none_as_null=True)),  # null: none
    Column("source", String),
    Column("aim", String),  # of a remix; null: to change its source
    Column("provider", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("at_once", Integer),  # of its member there, for it to be among them; null: no such limit
    Column("upload_limit", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),  # the phase's name
    Column("detail", LenientJson, nullable=False),  # the phase's fields
    Column("remote_id", String),  # out of `detail`, and remembered after it; unique at its provider
    Column("fingerprint", String),  # out of `detail`
    Column("render_seconds", Float),
    Column("progress_seen", LenientJson(none_as_null=True)),  # [[seconds, percent], …]; null: nothing
    Column("cancel_asked_by", BigInteger),
    Column("deleted", Boolean, nullable=False),
    Column("file_bytes", BigInteger),  # of its video, while that is kept; null, too: an older version kept it
    Column("expired_at", UtcDateTime),  # when its video was removed because its retention period was over
    Column("removal_due_at", UtcDateTime),  # when it is to be, as managers were warned; null: no warning meant it
    Column("approved_by", BigInteger),
    Column("approved_at", UtcDateTime),
    Column("batch", String),  # the id of the first of those that were ordered at once; null: it was ordered alone
    Column("batch_number", Integer),  # which of them it is, from 1
    Column("first_try", LenientJson(none_as_null=True)),  # answered with an error of the service's own; null: none was
    Column("replaced", LenientJson(none_as_null=True)),  # [{…}, …] in place of which it was sent once more; null: none
    Column("doubles", String),  # the job that it was ordered for first; null: it is no double
    Column("quote", BigInteger, nullable=False),
    Column("promised", BigInteger),  # what its owner was told it costs at most; null: an older version ordered it
    Column("cost", BigInteger),
    Column("reserved", BigInteger),  # still reserved for this job; null once settled or released
    Column("period", String, nullable=False),  # the month whose budget it uses, by the server's time zone
    Column("day", String),  # likewise; null: an older version ordered it
    Column("month_limit", BigInteger),  # what its owner might spend in that month; null: as much as the server
    Column("day_limit", BigInteger),  # likewise, on that day
    Column("pool", BigInteger),  # the role whose pool it uses
    Column("grant_id", String),  # the grant it uses, in place of its owner's limits and pools
    Column("next_at", UtcDateTime),  # when its next step is due; null: never automatically
    Column("lease_owner", String),  # one start of one process
    Column("lease_until", UtcDateTime),  # in the past: the holder died
    Column("lease_epoch", BigInteger, nullable=False),
    Column("crashes", Integer, nullable=False),
)

budget = Table(
    "budget",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("period", String, primary_key=True),
    Column("reserved", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("job_id", String, ForeignKey("jobs.id")),  # null: it is about a call of the prompt helper
    Column("guild_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("period", String, nullable=False),  # whose counters it moved
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("reserved", BigInteger, nullable=False),  # by how much the counter moved
    Column("spent", BigInteger, nullable=False),  # likewise
    Column("account", String),  # of the own key that pays; null: the key of whoever runs the bot
    Column("call_id", String, ForeignKey("helper_calls.id")),
)

messages = Table(
    "messages",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id"), primary_key=True),
    Column("kind", String, primary_key=True),  # card or result
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("drawn", String),  # a card: the state of the job that it shows, or that it is gone
)
CARD, RESULT = "card", "result"  # kinds of messages
CARD_GONE = "gone"  # in place of a state

# For versions before `records`, which may still run alongside this one; nothing reads it any more.
notes = Table("notes", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

records = Table(
    "records",
    metadata,
    Column("namespace", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", LenientJson, nullable=False),
    Column("expires_at", UtcDateTime),  # null: never
)


def spelled_out(column: Column[str], values: tuple[str, ...]) -> ColumnElement[bool]:
    """`column IN (...)` with the values in the SQL itself: SQLite uses a partial index only for its exact condition."""
    return column.in_(bindparam(None, values, expanding=True, literal_execute=True))


is_open = spelled_out(jobs.c.state, OPEN_STATES)
awaits_approval = and_(is_open, spelled_out(jobs.c.state, APPROVAL_STATES))
is_in_review = spelled_out(jobs.c.state, REVIEW_STATES)
is_settled = spelled_out(ledger.c.kind, (EntryKind.SETTLE.value,))
is_once = text("ledger.kind != 'adjust'")  # the condition of `ledger_once`, likewise
is_correction = text("ledger.kind = 'adjust'")  # of `ledger_corrections`
has_ended = spelled_out(jobs.c.state, ENDED_STATES)
has_files = and_(jobs.c.file_bytes.is_not(None), jobs.c.deleted.is_(False))
is_unmeasured = and_(
    spelled_out(jobs.c.state, VIDEO_STATES),
    *(jobs.c.file_bytes.is_(None), jobs.c.expired_at.is_(None), jobs.c.deleted.is_(False)),
)
is_kept_at_rest = and_(spelled_out(jobs.c.state, REST_STATES), jobs.c.deleted.is_(False))


# Open jobs are few among many finished ones; claims read only the first of these.
partial_index("jobs_open", jobs.c.state, jobs.c.next_at, where=jobs.c.state.in_(OPEN_STATES))
partial_index("jobs_open_of_guild", jobs.c.guild_id, where=jobs.c.state.in_(OPEN_STATES))
partial_index("jobs_leased", jobs.c.lease_owner, where=jobs.c.lease_owner.is_not(None))
partial_index("jobs_reserved", jobs.c.guild_id, where=jobs.c.reserved.is_not(None))
partial_index(
    "jobs_rendered",
    *(jobs.c.provider, jobs.c.model, jobs.c.seconds, jobs.c.size, jobs.c.created_at),
    where=jobs.c.render_seconds.is_not(None),
)
partial_index("jobs_remote_id", jobs.c.provider, jobs.c.remote_id, where=jobs.c.remote_id.is_not(None), unique=True)
# Two identical requests never overlap while one is ambiguous, so a video found at the service has one owner.
partial_index("jobs_fingerprint", jobs.c.fingerprint, where=jobs.c.state.in_(AMBIGUOUS_STATES), unique=True)
partial_index("jobs_interaction_id", jobs.c.interaction_id, where=jobs.c.interaction_id.is_not(None), unique=True)
partial_index("jobs_of_model", jobs.c.provider, jobs.c.model, jobs.c.created_at, where=jobs.c.state.in_(ENDED_STATES))
partial_index("jobs_replaced", jobs.c.created_at, where=jobs.c.replaced.is_not(None))
# Each request turns up once: no two of a job were sent at the same moment.
partial_index("jobs_doubles", jobs.c.doubles, jobs.c.created_at, where=jobs.c.doubles.is_not(None), unique=True)
partial_index("jobs_of_batch", jobs.c.batch, where=jobs.c.batch.is_not(None))
Index("jobs_of_guild", jobs.c.guild_id, jobs.c.created_at)
Index("jobs_of_member", jobs.c.guild_id, jobs.c.owner_id, jobs.c.created_at)
Index("jobs_of_owner", jobs.c.owner_id, jobs.c.created_at)  # on all servers
partial_index(
    "jobs_kept_at_rest",
    *(jobs.c.guild_id, jobs.c.state, jobs.c.created_at, jobs.c.id),
    where=and_(jobs.c.state.in_(REST_STATES), jobs.c.deleted.is_(False)),
)
partial_index("jobs_with_files", jobs.c.guild_id, jobs.c.created_at, jobs.c.file_bytes, where=has_files)
partial_index(
    "jobs_unmeasured",
    jobs.c.id,
    where=and_(
        jobs.c.state.in_(VIDEO_STATES),
        *(jobs.c.file_bytes.is_(None), jobs.c.expired_at.is_(None), jobs.c.deleted.is_(False)),
    ),
)
partial_index("jobs_of_source", jobs.c.source, where=jobs.c.source.is_not(None))
# What a member, a pool or a grant has used is a sum over one of these, which the index alone answers.
Index(
    "jobs_of_member_month",
    *(jobs.c.guild_id, jobs.c.owner_id, jobs.c.period, jobs.c.grant_id, jobs.c.day, jobs.c.reserved, jobs.c.cost),
)
partial_index(
    "jobs_of_pool",
    *(jobs.c.guild_id, jobs.c.pool, jobs.c.period, jobs.c.reserved, jobs.c.cost),
    where=jobs.c.pool.is_not(None),
)
partial_index(
    "jobs_of_grant",
    *(jobs.c.guild_id, jobs.c.grant_id, jobs.c.reserved, jobs.c.cost),
    where=jobs.c.grant_id.is_not(None),
)
# A job's money is reserved, settled and released once; only corrections may repeat.
partial_index("ledger_once", ledger.c.job_id, ledger.c.kind, where=ledger.c.kind != EntryKind.ADJUST.value, unique=True)
partial_index("ledger_corrections", ledger.c.job_id, where=ledger.c.kind == EntryKind.ADJUST.value)
is_of_call = ledger.c.call_id.is_not(None)
_once_of_call = and_(is_of_call, ledger.c.kind != EntryKind.ADJUST.value)
partial_index("ledger_once_of_calls", ledger.c.call_id, ledger.c.kind, where=_once_of_call, unique=True)
partial_index("ledger_of_calls", ledger.c.call_id, where=is_of_call)
Index("ledger_of_guild", ledger.c.guild_id, ledger.c.at)
Index("ledger_at", ledger.c.at)
for _index, _columns in {
    "ledger_settled": (ledger.c.guild_id, ledger.c.at),
    "ledger_settled_of_member": (ledger.c.guild_id, ledger.c.owner_id, ledger.c.at),
}.items():
    partial_index(_index, *_columns, where=is_settled)
# Of versions that add up at the question what own keys paid; this one has it in `video_sums`.
partial_index(
    "ledger_on_own_keys",
    *(ledger.c.guild_id, ledger.c.at, ledger.c.owner_id, ledger.c.job_id),
    where=and_(is_settled, ledger.c.account.is_not(None)),
)
partial_index(
    "jobs_rendered_here",
    *(jobs.c.guild_id, jobs.c.model, jobs.c.created_at, jobs.c.render_seconds),
    where=jobs.c.render_seconds.is_not(None),
)
partial_index("jobs_in_review", jobs.c.guild_id, jobs.c.created_at, where=jobs.c.state.in_(REVIEW_STATES))
partial_index("jobs_remixes", jobs.c.guild_id, jobs.c.created_at, jobs.c.source, where=jobs.c.source.is_not(None))
partial_index("records_expiring", records.c.expires_at, where=records.c.expires_at.is_not(None))
