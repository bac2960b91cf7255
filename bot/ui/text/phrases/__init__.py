"""What the screens say, one module for each surface: functions from facts to messages."""
