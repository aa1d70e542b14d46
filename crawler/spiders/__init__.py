"""The spiders; there is one for all sources."""
