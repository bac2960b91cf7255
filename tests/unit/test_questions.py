"""Questions before an order, and the lasting buttons that some of them have."""

from __future__ import annotations

from discord.ui import ActionRow, Button, DynamicItem

from bot.ui.dialogs.drafts import EditTextButton
from bot.ui.dialogs.quoting.questions import No, Question

MARK = "0123456789abcdef"


async def test_no_lasting_button_is_a_dynamic_item_in_a_question() -> None:
    """discord.py forgets the classes of those when a view ends that has other buttons, too."""
    question = Question()
    edit = EditTextButton(MARK)
    question.add_item(ActionRow(edit, No(question)))
    buttons = [each for each in question.walk_children() if isinstance(each, Button)]
    assert buttons[0].custom_id == edit.custom_id
    assert [each.label for each in buttons] == ["Edit", "No"]
    assert not any(isinstance(each, DynamicItem) for each in question.walk_children())
