"""Brings articles to readers and subscribers: library, feeds, webhooks."""
