"""Who and what an article names: places, people, organisations, and its keywords."""
