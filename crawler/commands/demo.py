"""`scrapy demo`: crawl the demonstration newspaper over real HTTP on loopback."""

import os
from argparse import Namespace
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.exceptions import UsageError

from crawler.command import refuse_options
from crawler.commands.crawl import Command as Crawl


class Command(Crawl):
    """Serves `fixtures/demo` on a free port and crawls it into the archive that is configured."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Crawl the bundled demonstration newspaper"

    def long_desc(self) -> str:
        return "Serve the three outlets of fixtures/demo on loopback and crawl them, as a crawl of the world would go."

    def run(self, args: list[str], opts: Namespace) -> None:
        from crawler.demo import FOLDER, DemoServer

        assert self.settings is not None
        refuse_options("demo", args)
        if args:
            raise UsageError("no arguments: scrapy demo")
        with DemoServer() as server:
            os.environ |= {"http_proxy": server.proxy, "no_proxy": _store_host()}
            self.settings.set("SEEDS_DIR", str(Path(FOLDER) / "seeds"), "cmdline")
            self.settings.set("CONTACT", "https://newskeep.example/demo", "cmdline")
            self.settings.set("DOWNLOAD_DELAY", 0, "cmdline")  # it is our own server, in this very process
            super().run(["news"], opts)


def _store_host() -> str:
    """Return the host of the S3 server, which the demonstration's proxy does not serve; empty without one."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    return urlsplit(endpoint).hostname or ""
