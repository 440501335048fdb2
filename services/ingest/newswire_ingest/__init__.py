"""Puts articles on streams: one identity, one monotonic version, durable before the 202."""
