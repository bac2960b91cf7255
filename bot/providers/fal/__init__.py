"""fal: several hundred hosted models behind one queue."""
