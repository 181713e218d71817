"""Words for what meetings store as codes, in the reader's language."""

from __future__ import annotations

from planner.language import _


def kind_text(kind: str) -> str:
    """The kind of a meeting."""
    words = {
        "kick_off": _("Kick-off meeting"),
        "interregional": _("Interregional meeting"),
        "thematic_seminar": _("Thematic seminar"),
        "steering_group": _("Steering group"),
        "study_visit": _("Study visit"),
        "regional_stakeholders": _("Stakeholder meeting"),
        "online_call": _("Online call"),
    }
    return words.get(kind, kind)
