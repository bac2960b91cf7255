"""Jobs as rows: the queue, its transitions and its queries."""
