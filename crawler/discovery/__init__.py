"""Discovery: bytes of feeds, sitemaps, pages and robots.txt -> Candidates, hubs and permissions. Pure, no Scrapy."""

from crawler.discovery.autodiscovery import find_feeds
from crawler.discovery.classify import Judgement, LinkKind, Place, judge_link, page_number
from crawler.discovery.feeds import read_feed
from crawler.discovery.links import Hub, read_hub
from crawler.discovery.robots import RobotsPolicy, policy_for_status
from crawler.discovery.shapes import UrlShapes
from crawler.discovery.sitemaps import Sitemap, SitemapLink, find_sitemaps, read_sitemap

__all__ = [
    "Hub",
    "Judgement",
    "LinkKind",
    "Place",
    "RobotsPolicy",
    "Sitemap",
    "SitemapLink",
    "UrlShapes",
    "find_feeds",
    "find_sitemaps",
    "judge_link",
    "page_number",
    "policy_for_status",
    "read_feed",
    "read_hub",
    "read_sitemap",
]
