"""From the bytes of a page to a draft: pure functions, no I/O."""
