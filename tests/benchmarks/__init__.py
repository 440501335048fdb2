"""Benchmarks: each a ratio to a baseline measured in the same run, on this very machine.

uv run python -m tests.benchmarks NAME --json
"""
