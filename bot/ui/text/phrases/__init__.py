"""The sentences of the screens, one module per surface: functions from facts to messages."""
