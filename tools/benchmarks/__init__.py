"""What ``tools/bench.py`` measures and how; each number is a median with its spread."""
