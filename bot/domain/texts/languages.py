"""The languages Kinora speaks, by the names its catalogues have, each called as its own speakers call it."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "pt_BR": "Português (Brasil)",
}
