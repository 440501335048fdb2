"""Adds tags, related links and reaction metadata to articles."""
