"""The wire: asking over HTTP, recording what was said, and sending it off.

`LiveHandler` asks and records, and tells what came back as an `Answer`; `Recorder` owns the WARC segments,
`Uploads` empties the spool;
`AddressGuard` says where a connection may go; `HostPaces` says how often.
"""

from crawler.fetch.answer import Answer, to_capture, to_response
from crawler.fetch.guard import AddressGuard
from crawler.fetch.live import LiveHandler
from crawler.fetch.pace import HostPaces
from crawler.fetch.recorder import Recorder
from crawler.fetch.uploads import Uploads

__all__ = ["AddressGuard", "Answer", "HostPaces", "LiveHandler", "Recorder", "Uploads", "to_capture", "to_response"]
