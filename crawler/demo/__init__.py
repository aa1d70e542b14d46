"""The demonstration newspaper: the outlets of `fixtures/demo`, served over real HTTP on loopback.

The server plays the HTTP proxy (`http_proxy=http://127.0.0.1:PORT`), so that a crawl sees stable URLs such as
`http://harbour-gazette.example/`; it answers the same to a plain request with that Host header. It holds every
page in memory, opens no connection of its own and answers 404 for any host but its own. What is served where
stands in `site.toml`, explained in `fixtures/README.md`. Standard library only.
"""

from crawler.demo.server import FOLDER, DemoServer, Visit
from crawler.demo.site import Host, Reply, read_site

__all__ = ["FOLDER", "DemoServer", "Host", "Reply", "Visit", "read_site"]
