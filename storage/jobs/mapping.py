"""A job as a row of `jobs`, one function in each direction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from bot.domain.accounts import is_own
from bot.domain.ids import JobId
from bot.domain.job import Approval, Job, ProgressAt
from bot.domain.messages import Message, plain
from bot.domain.money.usd import Usd
from bot.domain.phases import PHASES, Phase, name_of
from bot.domain.recovery.first_try import FirstTry
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.studio.batches import BatchPlace
from bot.domain.video import NO_OPTIONS, Aim, Picture, Size, VideoOptions, VideoRequest
from storage.type_adapters import adapter_of

JobRow = Row[*tuple[Any, ...]]

log = logging.getLogger(__name__)

PICTURE, OPTIONS, SEEN = Picture | None, VideoOptions[Picture], tuple[ProgressAt, ...]
FIRST_TRY, REPLACED = FirstTry | None, tuple[ReplacedOrder, ...]
ON_OWN_KEY, HAS_OPTIONS = "on_own_key", "has_options"  # marks stored next to the fields of a phase
MARKS = frozenset({ON_OWN_KEY, HAS_OPTIONS})
WRITTEN_BY_OTHERS = ("cancel_asked_by", "deleted", "expired_at")  # fields that change whoever holds the job
WORDS = ("reason", "waits_for")  # fields of phases that hold a message
STORED_AS = {"method": "rung"}  # fields of phases with another name in rows, which older versions read, too
# In rows of older versions, only this sentence shows that their time is a guess.
GUESSED, A_GUESS = "guessed", "The service already has a video with exactly this prompt that belongs to no order here"
READ_AS = {stored: name for name, stored in STORED_AS.items()}


def row_of(job: Job) -> dict[str, Any]:
    """Everything a job says about itself. Lease, due time and reservation belong to the store."""
    request = job.request
    return {
        "id": job.id,
        "guild_id": job.guild_id,
        "owner_id": job.owner_id,
        "channel_id": job.channel_id,
        "interaction_id": job.interaction_id,
        "private": job.private,
        "prompt": request.prompt,
        "model": request.model,
        "seconds": request.seconds,
        "size": str(request.size),
        "picture": adapter_of(PICTURE).dump_python(request.picture, mode="json"),
        "options": adapter_of(OPTIONS).dump_python(request.options, mode="json", exclude_defaults=True) or None,
        "source": request.source,
        "aim": None if request.source is None else request.aim,
        "provider": job.account,
        "priority": job.priority,
        "at_once": job.at_once,
        "upload_limit": job.upload_limit,
        "created_at": job.created_at,
        "render_seconds": job.render_seconds,
        "progress_seen": seen_column(job),
        "cancel_asked_by": job.cancel_asked_by,
        "deleted": job.deleted,
        "file_bytes": None if job.video is None else job.video.bytes,
        "expired_at": job.expired_at,
        **_approval_columns(job.approval),
        "batch": None if job.batch is None else job.batch.lead,
        "batch_number": None if job.batch is None else job.batch.number,
        "first_try": adapter_of(FIRST_TRY).dump_python(job.first_try, mode="json", exclude_defaults=True),
        "replaced": adapter_of(REPLACED).dump_python(job.replaced, mode="json", exclude_defaults=True) or None,
        "doubles": job.doubles,
        "quote": job.quote.micros,
        "promised": None if job.promised is None else job.promised.micros,
        "cost": None if job.cost is None else job.cost.micros,
        **phase_columns(job),
    }


def _approval_columns(approval: Approval | None) -> dict[str, Any]:
    return {
        "approved_by": None if approval is None else approval.by,
        "approved_at": None if approval is None else approval.at,
    }


def seen_column(job: Job) -> list[list[float]] | None:
    return [[round(seconds, 1), percent] for seconds, percent in job.progress_seen] or None


def phase_columns(job: Job) -> dict[str, Any]:
    """The columns of its phase, with marks that make older versions leave it alone.

    Those would send it with their own key, or without some of its options.
    """
    marks = {ON_OWN_KEY: is_own(job.account), HAS_OPTIONS: job.request.options != NO_OPTIONS}
    columns = columns_of(job.phase)
    return columns | {"detail": {**columns["detail"], **{mark: True for mark, is_set in marks.items() if is_set}}}


def columns_of(phase: Phase) -> dict[str, Any]:
    """A phase's columns. Without a `remote_id` that column is left as it is: what was ordered there stays known."""
    name = name_of(phase)
    fields = adapter_of(PHASES[name]).dump_python(phase, mode="json", exclude_defaults=True)
    detail = _renamed({**fields, **_messages_of(phase)}, STORED_AS)
    remote = {"remote_id": detail["remote_id"]} if detail.get("remote_id") else {}
    return {"state": name, "detail": detail, "fingerprint": detail.get("fingerprint"), **remote}


def _messages_of(phase: Phase) -> dict[str, Any]:
    """The messages of a phase, complete: the kind of a value is a default, and needed when it is read."""
    said = {name: getattr(phase, name, None) for name in WORDS}
    return {
        name: adapter_of(Message).dump_python(words, mode="json") for name, words in said.items() if words is not None
    }


def _renamed(fields: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in fields.items()}


def _readable(detail: dict[str, Any]) -> dict[str, Any]:
    """The fields of a phase as they are today. Rows from before messages have plain English sentences."""
    words = {name: plain(detail[name]) for name in WORDS if isinstance(detail.get(name), str)}
    known = {name: value for name, value in detail.items() if name not in MARKS}
    guessed = {GUESSED: True} if _text_of(detail.get("reason")).startswith(A_GUESS) else {}
    return _renamed({**guessed, **known, **words}, READ_AS)


def _text_of(message: object) -> str:
    text = message.get("text") if isinstance(message, dict) else message
    return text if isinstance(text, str) else ""


def job_of(row: JobRow) -> Job | None:
    """The job in a row; None, with a line in the log, if it can't be read: a newer Kinora wrote it, or it is broken.

    A broken one is left as it is, for whoever repairs it; everything else continues.
    """
    try:
        return Job(
            id=JobId(row.id),
            request=_request_of(row),
            account=row.provider,
            owner_id=row.owner_id,
            guild_id=row.guild_id,
            channel_id=row.channel_id,
            private=row.private,
            quote=Usd(row.quote),
            promised=None if row.promised is None else Usd(row.promised),
            cost=None if row.cost is None else Usd(row.cost),
            phase=_phase_of(row),
            created_at=row.created_at,
            priority=row.priority,
            at_once=row.at_once,
            upload_limit=row.upload_limit,
            cancel_asked_by=row.cancel_asked_by,
            interaction_id=row.interaction_id,
            render_seconds=row.render_seconds,
            progress_seen=progress_of(row),
            deleted=row.deleted,
            expired_at=row.expired_at,
            approval=_approval_of(row),
            first_try=_kept(FIRST_TRY, row.first_try, None),
            replaced=_kept(REPLACED, row.replaced or None, ()),
            doubles=None if row.doubles is None else JobId(row.doubles),
            batch=None if row.batch is None else BatchPlace(lead=JobId(row.batch), number=row.batch_number),
        )
    except (KeyError, ValueError) as error:
        _left_alone(row, error)
        return None


def as_others_wrote(job: Job, row: JobRow) -> Job:
    """With what was written since it was claimed: a requested cancellation, and that its files are gone."""
    return replace(job, **{name: getattr(row, name) for name in WRITTEN_BY_OTHERS})


def _approval_of(row: JobRow) -> Approval | None:
    return None if row.approved_by is None else Approval(by=row.approved_by, at=row.approved_at)


def bytes_in(detail: Any) -> int | None:
    """The size of the video in a stored phase, read without parsing it, which takes longer.

    None if there is no video, or none that can be read: the row is broken, or of a newer version.
    """
    video = detail.get("video") if isinstance(detail, dict) else None
    size = video.get("bytes") if isinstance(video, dict) else None
    return size if isinstance(size, int) else None


def phase_of(row: JobRow) -> Phase | None:
    """Only the phase, of a row that has at least `id`, `state` and `detail`; likewise."""
    try:
        return _phase_of(row)
    except (KeyError, ValueError) as error:
        _left_alone(row, error)
        return None


def _phase_of(row: JobRow) -> Phase:
    if not isinstance(row.detail, dict):
        raise ValueError(f"its detail is {row.detail!r}")  # noqa: TRY004 - an answer about data, like pydantic's
    # A field that this version does not know would be lost with the next write, so it is rejected.
    return adapter_of(PHASES[row.state]).validate_python(_readable(row.detail), extra="forbid")


def _left_alone(row: JobRow, error: Exception) -> None:
    reason = str(error).partition("\n")[0]
    log.warning("job %s (%s) is left alone, this version cannot read it: %s", row.id, row.state, reason)


def jobs_of(rows: Iterable[JobRow]) -> list[Job]:
    """The jobs this version can read."""
    return [job for row in rows if (job := job_of(row)) is not None]


def progress_of(row: JobRow) -> tuple[ProgressAt, ...]:
    """What polls saw of a render, from a row that has at least that. A broken value is worth no error."""
    try:
        return adapter_of(SEEN).validate_python(row.progress_seen or ())
    except ValueError:
        return ()


def _request_of(row: JobRow) -> VideoRequest:
    return VideoRequest(
        prompt=row.prompt,
        model=row.model,
        seconds=row.seconds,
        size=Size.of(row.size),
        picture=_kept(PICTURE, row.picture, None),
        source=None if row.source is None else JobId(row.source),
        aim=Aim.CHANGE if row.aim is None else Aim(row.aim),
        options=_kept(OPTIONS, row.options, NO_OPTIONS),
    )


def _kept(kind: Any, value: object, nothing: Any) -> Any:
    """What only few orders have; most rows have `nothing` to read."""
    return nothing if value is None else adapter_of(kind).validate_python(value, extra="forbid")
