"""What members and managers see of contests in ephemeral messages: entering, voting, the list, and managing."""
