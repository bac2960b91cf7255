"""What Kinora is about: pure values and rules. No Discord, SQL, HTTP, files or clocks."""
