import asyncio
import time
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

PAGES = ["/open/1", "/open/2", "/private/1", "/private/2"]


class AskingSpider(Spider):
    name = "asking"

    def __init__(self, base, paths):
        super().__init__()
        self.base, self.paths = base, paths

    async def start(self):
        for path in self.paths:
            yield Request(self.base + path, meta={"source": "one"}, callback=self.read, errback=self.read)

    def read(self, _):
        return None


@asynccontextmanager
async def serve(robots: dict[str, bytes]):
    """Give port, and (seconds, path) of each request; paths outside `robots` answer 200."""
    asked = []

    async def reply(reader, writer):
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            path = head.split()[1].decode()
            asked.append((time.monotonic(), path))
            writer.write(robots.get(path, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"))
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(reply, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], asked


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))
    return lines.encode() + b"\r\n" + body


def crawl(robots: bytes | dict[str, bytes], paths=PAGES, **changed):
    """Return when and what was asked of a server with that robots.txt, robots.txt itself left out."""
    settings = Settings(
        {
            "BOT_NAME": "newskeep",
            "TWISTED_REACTOR_ENABLED": False,
            "DOWNLOAD_HANDLERS": {"http": "crawler.fetch.LiveHandler"},
            "DOWNLOADER_MIDDLEWARES": {"crawler.middlewares.robots.RobotsMiddleware": 100},
            "ALLOWED_NETWORKS": "127.0.0.0/8",
            "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
            "DOWNLOAD_DELAY_JITTER": 0.0,
            "DOWNLOAD_TIMEOUT": 2,
            "COMPRESSION_ENABLED": False,
            "RETRY_ENABLED": False,
            "LOG_ENABLED": False,
            **changed,
        }
    )

    async def run():
        async with serve(robots if isinstance(robots, dict) else {"/robots.txt": robots}) as (port, asked):
            runner = AsyncCrawlerRunner(settings)
            crawler = runner.create_crawler(AskingSpider)
            await runner.crawl(crawler, f"http://127.0.0.1:{port}", paths)
            return asked, crawler.stats.get_stats()

    asked, stats = asyncio.run(run())
    assert stats.get("robots/fetched", 0) + stats.get("robots/unreachable", 0) == 1
    return [(when, path) for when, path in asked if not path.startswith("/robots")]


def paths(asked):
    return sorted(path for _, path in asked)


def test_of_many_waiting_requests_none_slips_through():
    assert crawl(answer("200 OK", b"User-agent: *\nDisallow: /"), [f"/{number}" for number in range(20)]) == []


def test_what_is_allowed_is_asked_for():
    assert paths(crawl(answer("200 OK", b"User-agent: *\r\nDisallow: /private/"))) == ["/open/1", "/open/2"]


def test_our_own_group_counts_before_the_common_one():
    robots = b"User-agent: *\nDisallow: /\n\nUser-agent: NewsKeep\nDisallow: /open/"

    assert paths(crawl(answer("200 OK", robots))) == ["/private/1", "/private/2"]


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone"])
def test_a_site_without_robots_txt_allows_all(status):
    assert paths(crawl(answer(status))) == PAGES


@pytest.mark.parametrize("robots", [answer("500 Oops"), answer("503 Later"), answer("429 Slow"), b"not HTTP at all"])
def test_a_robots_txt_that_cannot_be_had_forbids_all(robots):
    assert crawl(robots) == []


def test_a_redirect_of_robots_txt_is_followed():
    robots = {
        "/robots.txt": answer("301 Moved", b"", "Location: /robots-new.txt"),
        "/robots-new.txt": answer("200 OK", b"User-agent: *\nDisallow: /private/"),
    }

    assert paths(crawl(robots)) == ["/open/1", "/open/2"]


def test_endless_redirects_of_robots_txt_allow_all():
    assert paths(crawl({"/robots.txt": answer("302 Found", b"", "Location: /robots.txt?again")})) == PAGES


def test_crawl_delay_is_kept_between_requests_as_they_go_out():
    asked = crawl(answer("200 OK", b"User-agent: *\nCrawl-delay: 0.4"))
    moments = [when for when, _ in asked]

    assert len(moments) == len(PAGES)
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.39
