"""What can go wrong, one class for one situation.

    NewskeepError
    ├── SettingsError            a setting or command line argument is wrong
    ├── SeedError                a seed file is wrong
    ├── DiscoveryError
    │   ├── FeedError            not a feed, or too large
    │   └── SitemapError         not a sitemap, or too large
    ├── FetchError
    │   └── ForbiddenAddressError    the host is, or resolves to, an address we must not reach
    ├── ExtractionError          the page is recorded but gives no article
    │   ├── NotHtmlError         the bytes are no HTML document
    │   ├── IncompletePageError  the body was cut short on the way
    │   ├── NoArticleError       a page, but not an article: hub, wall, error page, empty
    │   ├── ExtractionTimeout    the worker was killed at the page's deadline
    │   └── ExtractionCrash      the worker died, or met a fault of ours
    ├── WorkersError             the processes that extract text cannot be kept alive
    ├── RuleError                a boilerplate rule is wrong
    ├── DocumentError            a document does not fit the schema
    └── ArchiveError
        ├── StoreError           the object store refused or failed
        │   └── MissingObjectError   there is no such object
        ├── WarcError            a WARC cannot be read or written
        ├── ManifestError        a manifest or the root of a day is damaged
        ├── TimestampError       a time stamp cannot be had, or does not prove what it should
        ├── TakedownError        what is to be taken down is not there, or not in reach yet
        └── CatalogError         the catalog cannot be reached, read or written
            └── MissingCatalogError  there is none yet

Pure code raises these; only the edges catch them: a stage counts and drops, a command prints one line and
exits with 1. The message is one line, names the thing and, where there is one, the remedy.
"""


class NewskeepError(Exception):
    """Root of every failure that newskeep names."""


class SettingsError(NewskeepError):
    """A setting or argument is missing or wrong.

    Attributes:
        name: the setting's name.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name


class SeedError(NewskeepError):
    """A seed file is wrong.

    Attributes:
        file: the seed file as the user named it.
        key: the key at fault; None when the file as a whole is.
    """

    def __init__(self, file: str, key: str | None, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file = file
        self.key = key


class DiscoveryError(NewskeepError):
    """A page that should have named articles could not be read."""


class FeedError(DiscoveryError):
    """The bytes are not a feed, or too many."""


class SitemapError(DiscoveryError):
    """The bytes are not a sitemap, or too many."""


class FetchError(NewskeepError):
    """A request could not be made or answered."""


class ForbiddenAddressError(FetchError):
    """The URL leads to an address that no crawl may reach (private, loopback, link-local ...).

    Attributes:
        host: the host as written in the URL.
        address: the address it is or resolved to.
    """

    def __init__(self, host: str, address: str) -> None:
        super().__init__(f"{host}: refusing to connect to {address}; to allow it, name its network in ALLOWED_NETWORKS")
        self.host = host
        self.address = address


class ExtractionError(NewskeepError):
    """A recorded page gives no article.

    Attributes:
        reason: a short stable slug for counting (`extract/failed/<reason>`).
    """

    reason = "failed"


class NotHtmlError(ExtractionError):
    """The bytes are no HTML document."""

    reason = "not-html"


class IncompletePageError(ExtractionError):
    """The body was cut short on the way; what arrived is in the WARC, marked truncated."""

    reason = "incomplete"


class NoArticleError(ExtractionError):
    """The page was read, but it is not an article.

    Attributes:
        cause: a short stable slug: `empty`, `shell`, `consent`, `not-found`, `challenge`, `login`, `paywall`, `hub`,
            `short`, `doubtful`.
        confidence: how sure we were that it is one, 0 to 1.
    """

    reason = "no-article"

    def __init__(self, cause: str, message: str, confidence: float = 0.0) -> None:
        super().__init__(message)
        self.cause = cause
        self.confidence = confidence

    def __reduce__(self) -> tuple[type["NoArticleError"], tuple[str, str, float]]:
        """Survive the way back from a worker process."""
        return type(self), (self.cause, str(self), self.confidence)


class ExtractionTimeout(ExtractionError):  # noqa: N818 - reads as what happened
    """The page's deadline passed and its worker was killed."""

    reason = "timeout"


class ExtractionCrash(ExtractionError):  # noqa: N818 - reads as what happened
    """The worker died on this page, or met an error nobody named."""

    reason = "crash"


class WorkersError(NewskeepError):
    """The processes that extract text cannot be started or kept alive; no page is to blame."""


class RuleError(NewskeepError):
    """A boilerplate rule is wrong.

    Attributes:
        rule: the rule's id.
    """

    def __init__(self, rule: str, problem: str) -> None:
        super().__init__(f"rule {rule}: {problem}")
        self.rule = rule


class DocumentError(NewskeepError):
    """A document does not fit the published schema."""


class ArchiveError(NewskeepError):
    """Something of the archive failed."""


class StoreError(ArchiveError):
    """The object store refused or failed.

    Attributes:
        retryable: whether the same call may succeed later.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class MissingObjectError(StoreError):
    """There is no object under the key."""


class WarcError(ArchiveError):
    """A WARC file or record cannot be read or written."""


class ManifestError(ArchiveError):
    """A manifest, or the root that seals a day of them, is damaged.

    Attributes:
        key: of the object at fault.
    """

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key


class TimestampError(ArchiveError):
    """A time stamp cannot be had from its authority, or does not prove what it should."""


class TakedownError(ArchiveError):
    """What is to be taken down is not in the archive, or part of it still waits in the spool."""


class CatalogError(ArchiveError):
    """The catalog cannot be reached, read or written."""


class MissingCatalogError(CatalogError):
    """There is no catalog yet."""
