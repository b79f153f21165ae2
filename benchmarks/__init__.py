"""Speed and memory against other engines: `python -m benchmarks`, from the top of the project."""
