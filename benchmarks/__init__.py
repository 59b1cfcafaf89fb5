"""How long things take, side by side with what a user would do instead. Run `python -m benchmarks`."""
