"""Why a job failed, and whether that says something about the service of its model."""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """Why a job failed, as far as it affects what a person can do about it."""

    MODERATION = "moderation"  # the service refused the words or the picture
    INVALID = "invalid"  # the service does not take this request
    PROVIDER = "provider"  # the service broke
    EXPIRED = "expired"  # the service no longer has it
    TIMEOUT = "timeout"  # it never finished
    ACCESS = "access"  # the member lost the right to make videos while waiting

    @property
    def is_services_fault(self) -> bool:
        """Whether it counts against the service, rather than the prompt, the request or the member."""
        return self in {Cause.PROVIDER, Cause.EXPIRED, Cause.TIMEOUT}
