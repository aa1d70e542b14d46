"""Pages for the extraction tests, written by us."""

from datetime import UTC, datetime

from pipelines.model import Candidate, Capture, Page

FETCHED = datetime(2026, 11, 23, 8, tzinfo=UTC)
URL = "https://harbour.example/2026/11/22/old-bridge-to-close-for-repairs"
PARAGRAPHS = (
    "The old bridge over the harbour will close for eleven months from March, the city council decided on Monday.",
    "Engineers found cracks in two of the four piers last spring. They had warned of them in a report in 2019.",
    "“Nobody will be cut off,” said Mira Holt, who leads the works. A ferry is to run every ten minutes, she added.",
    "Shopkeepers on the north bank fear for their trade. The council promised to help, but it did not say how much.",
)


def page(
    html: str | bytes, *, url: str = URL, charset: str | None = "utf-8", candidate: Candidate | None = None
) -> Page:
    """Return a page as if fetched."""
    capture = Capture(
        source="harbour",
        url=url,
        fetched_at=FETCHED,
        status=200,
        media_type="text/html",
        charset=charset,
        payload_digest="sha256:0",
    )
    return Page(capture=capture, payload=html.encode() if isinstance(html, str) else html, candidate=candidate)


def document(body: str, head: str = "", lang: str = "en") -> str:
    """Return an HTML document."""
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


def article(inside: str = "", *, before: str = "", head: str = "", title: str = "Old bridge to close") -> str:
    """Return a news page: headline, `before`, four paragraphs, `inside` after the first."""
    first, *rest = (f"<p>{text}</p>" for text in PARAGRAPHS)
    story = f'<div class="story">{first}{inside}{"".join(rest)}</div>'
    text = f"<main><article><h1>{title}</h1>{before}{story}</article></main>"
    menu = '<nav><ul><li><a href="/">Home</a></li><li><a href="/politics/">Politics</a></li></ul></nav>'
    return document(menu + text + "<footer><p>Harbour Post</p></footer>", head)
