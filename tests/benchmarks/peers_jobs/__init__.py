"""The same two-stage job on each queue; `python -m tests.benchmarks.peers_jobs` runs one of them.

send 2 kB of JSON each > queue > parse, validate, add a field > queue > HSET the document
"""
