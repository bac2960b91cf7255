"""How much may be stored of one member that nobody pays for: otherwise a script could fill the disk in a few days."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

MOST_MEMBERS = 1000  # that are remembered; those who were quiet the longest are forgotten first


@dataclass(slots=True, kw_only=True)
class NewestOfMembers:
    """The keys of each member's newest facts, `most` of each member, as far as this process has seen them."""

    most: int
    _keys: OrderedDict[int, deque[str]] = field(default_factory=OrderedDict)

    def added(self, member_id: int, key: str) -> str | None:
        """The key of what has to go for it; None if there is room."""
        keys = self._keys.setdefault(member_id, deque())
        self._keys.move_to_end(member_id)
        if len(self._keys) > MOST_MEMBERS:
            self._keys.popitem(last=False)
        if key in keys:
            keys.remove(key)
        keys.append(key)
        return keys.popleft() if len(keys) > self.most else None
