"""How much Discord takes: characters of texts, and numbers of components and choices.

https://docs.discord.com/developers/components/reference and
https://docs.discord.com/developers/interactions/application-commands#limits-and-constraints
"""

from __future__ import annotations

LONGEST_PLAIN = 2000  # characters of a message without components
LONGEST_MESSAGE = 4000  # characters in all texts of a message with components
MOST_BYTES = 9000  # in all texts; above about 10 kB with its components Discord answers 500 (discord-api-docs#8554)
MOST_COMPONENTS = 40  # of a message
MOST_BUTTONS = 5  # in a row
MOST_PARTS = 5  # of a form
MOST_OPTIONS = 25  # of a menu, and choices suggested during typing

LONGEST_LABEL = 80  # characters of a button
LONGEST_OPTION = 100  # characters of an option's name and description, and of a suggested choice
LONGEST_TITLE = 45  # characters of a form
LONGEST_HINT = 100  # characters below the name of a field
LONGEST_PLACEHOLDER = 100  # characters in an empty field
