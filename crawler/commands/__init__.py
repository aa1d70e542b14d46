"""Our `scrapy` commands, one file a verb; each subclasses `NewskeepCommand`."""

from crawler.command import NewskeepCommand

__all__ = ["NewskeepCommand"]
