"""Every setting of the crawl with its default; `-s NAME=VALUE` and NEWSKEEP_NAME in the environment overrule.

What follows from other settings (the user agent, the replay) is set by `crawler.addon`.
"""

import os

BOT_NAME = "newskeep"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
ADDONS = {"crawler.addon.NewskeepAddon": 0}

# --- What a user sets -------------------------------------------------------------------------------------

# Who answers for the crawl: a URL or an e-mail address. It is sent to every server; nothing starts without it.
CONTACT = ""
# Folder of the seed files, one publication a file.
SEEDS_DIR = "seeds"
# Where documents and WARCs go: file:FOLDER or s3://BUCKET/PREFIX (endpoint and credentials by boto3's own chain).
ARCHIVE_URL = "file:archive"
# The index of the archive and the list of known URLs: any SQLAlchemy URL.
CATALOG_URL = "sqlite:///catalog.sqlite"
# Where everything is kept until the store has it.
SPOOL_DIR = "spool"
# When more bytes wait there, or the disk has less room, fetching pauses; after so many seconds of that the crawl ends.
SPOOL_MAX_BYTES = 20_000_000_000
SPOOL_MIN_FREE = 500_000_000
SPOOL_PATIENCE = 3600.0
# Seconds that a failing store is given at the end of a crawl; then what waits stays in the spool for the next one.
UPLOAD_GRACE = 60.0
# Crawl from this WARC instead of the network: a path, file: or s3: URL.
REPLAY_WARC = ""
# Networks that may be reached although they are not public, as 127.0.0.0/8; for tests and one's own site.
ALLOWED_NETWORKS: list[str] = []
# Bytes and seconds after which a WARC segment is closed and uploaded.
WARC_MAX_BYTES = 1_000_000_000
WARC_MAX_AGE = 3600.0
# A time stamping authority (RFC 3161), asked to stamp the manifest of each day that is over.
TIMESTAMP_URL = ""
# Days for which an S3 bucket with object lock keeps every object from being changed (governance mode); 0: none.
OBJECT_LOCK_DAYS = 0
# Worker processes that extract text (0: one a core), seconds a page may take, pages until a worker is replaced.
EXTRACTION_WORKERS = 0
EXTRACTION_DEADLINE = 30.0
EXTRACTION_RECYCLE_AFTER = 500
# Confidence, 0 to 1, below which a page is not archived as an article; empty: the threshold that was measured.
EXTRACTION_MIN_CONFIDENCE = ""
# Listing pages followed a source and crawl: sections found on the home page, and pages of one listing.
MAX_SECTIONS = 30
MAX_LISTING_PAGES = 50
# Articles asked for a source and crawl, newest first; the next crawl goes on. `-a limit=N` sets it for one run.
MAX_ARTICLES = 1000
# Progress: auto (a live display on a terminal, lines elsewhere), live, lines or off.
PROGRESS = "auto"

# --- How we fetch -----------------------------------------------------------------------------------------

# A plain asyncio loop: the download handler and the worker pool need no Twisted reactor.
TWISTED_REACTOR_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.LiveHandler",
    "https": "crawler.fetch.LiveHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
# Seconds between an answer of a host and the next request to it; seeds and Crawl-delay overrule.
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_TIMEOUT = 60
USER_AGENT = "newskeep"  # `crawler.addon` adds version and contact
# Bytes of a body, before and after its content coding is undone; more is cut and recorded as truncated.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
COOKIES_ENABLED = False
COMPRESSION_ENABLED = False  # the handler undoes content codings itself, after recording
ROBOTSTXT_OBEY = False  # `crawler.middlewares.robots` obeys it
REDIRECT_MAX_TIMES = 10
METAREFRESH_MAXDELAY = 10
# Callbacks see every status: what a server refuses is an outcome to note, not noise to drop.
HTTPERROR_ALLOW_ALL = True
REFERRER_POLICY = "no-referrer"
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.robots.RobotsMiddleware": 100,
}
EXTENSIONS = {
    "crawler.fetch.Recorder": 10,
    "crawler.fetch.Uploads": 20,
    "crawler.replay.Tape": 10,  # in its place when REPLAY_WARC is set
    "crawler.extensions.progress.Progress": 500,
    # Doors that nobody needs.
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# --- What becomes of a page -------------------------------------------------------------------------------

ITEM_PIPELINES = {
    "pipelines.stages.ReadStage": 100,
    "pipelines.stages.ArchiveStage": 200,
}
# A response yields one item; more tasks a response only cost time.
CONCURRENT_ITEMS = 4
# Bytes of pages that may wait for extraction; then no new request is sent until workers catch up.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 32 * 1024 * 1024
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"

LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.logformat.QuietLogFormatter"
LOG_SHORT_NAMES = True
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False

# NEWSKEEP_CONTACT, NEWSKEEP_ARCHIVE_URL ... : any setting, below -s and above this file.
globals().update(
    {name.removeprefix("NEWSKEEP_"): value for name, value in os.environ.items() if name.startswith("NEWSKEEP_")}
)
