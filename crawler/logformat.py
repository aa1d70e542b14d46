"""What a crawl says on its log: what a person must know, at the level it deserves."""

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class QuietLogFormatter(LogFormatter):
    """Leaves out whole items: an article's text is in the archive, not in the log."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Return one line naming the page."""
        return {"level": logging.DEBUG, "msg": "archived %(page)s", "args": {"page": response}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Return one line naming the page and the reason."""
        return {"level": logging.DEBUG, "msg": "%(reason)s", "args": {"reason": exception}}
