"""`scrapy extract`: the article in a saved page, and what was cut from it."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from scrapy.exceptions import UsageError

from crawler.command import NewskeepCommand
from pipelines.errors import ExtractionError, FetchError, NoArticleError, SettingsError

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from pipelines.model import Article, Page

WEB = ("http://", "https://")
FORMATS = ("text", "jsonl")


@attrs.frozen(kw_only=True)
class Wanted:
    """A page asked for: `name` as the user wrote it, read only when its turn comes."""

    name: str
    page: "Page"


class Command(NewskeepCommand):
    def syntax(self) -> str:
        return "[options] PATH|URL..."

    def short_desc(self) -> str:
        return "Show the article in a saved page and every line removed from it"

    def long_desc(self) -> str:
        return (
            "Read saved pages (.html, .htm, .html.gz, or folders of them; or an http(s) URL) and print each article "
            "with what was removed from it and why. --format jsonl prints one document a line; --list reads lines of "
            '{"path", "url"} and prints one document a line, in their order, using all cores. --explain prints every '
            "line that was in question with the decision, its votes and the rule that made it, then each field's "
            "candidates and the causes of the confidence; --html writes one page's explanation as a page to read."
        )

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
        parser.add_argument("--list", metavar="FILE", help='lines {"path", "url"}; paths are relative to the file')
        parser.add_argument("--explain", action="store_true", help="say of each line what was decided, and why")
        parser.add_argument("--full", action="store_true", help="with --explain: whole texts, and all of the page")
        parser.add_argument("--html", metavar="FILE", help="with --explain: write one page's explanation there")
        parser.add_argument("--workers", type=int, metavar="N", help="processes; default: one a core")

    def execute(self, args: list[str], opts: Namespace) -> None:
        if bool(args) == bool(opts.list):
            raise UsageError("name pages (scrapy extract page.html) or a list (--list pages.jsonl)")
        if opts.workers is not None and opts.workers < 1:
            raise SettingsError("--workers", f"{opts.workers} is no number of processes")
        if (opts.full or opts.html) and not opts.explain:
            raise UsageError("--full and --html belong to --explain")
        if opts.explain and (opts.list or opts.format != "text"):
            raise UsageError("--explain is for pages named one by one; --list and --format jsonl print documents")
        wanted = read_list(Path(opts.list)) if opts.list else find_pages(args, self.settings)
        if opts.explain:
            self._explain(wanted, html=Path(opts.html) if opts.html else None, full=opts.full)
            return
        as_json = bool(opts.list) or opts.format == "jsonl"
        total, failed = print_articles(wanted, as_json=as_json, workers=opts.workers)
        if total and total == failed:
            self.exitcode = 1

    def _explain(self, wanted: Iterator[Wanted], *, html: Path | None, full: bool) -> None:
        """Print each page's explanation, or write that of the only one; what is refused is explained as well."""
        from rich.console import Console

        from pipelines.confidence import read_minimum
        from pipelines.explain import explain_page, explanation_html, print_explanation

        pages = list(wanted)
        if html is not None and len(pages) != 1:
            raise SettingsError("--html", f"holds the explanation of one page; {len(pages)} are named")
        minimum = read_minimum(self.settings.get("EXTRACTION_MIN_CONFIDENCE") if self.settings else None)
        console = Console(highlight=False, markup=False, emoji=False)
        for item in pages:
            explanation = explain_page(item.page, min_confidence=minimum)
            if html is not None:
                html.write_text(explanation_html(explanation), "utf-8")
                print(f"{html}: {item.name} explained")
            else:
                print_explanation(console, explanation, full=full)


def print_articles(wanted: Iterator[Wanted], *, as_json: bool, workers: int | None) -> tuple[int, int]:
    """Print every page's article in order; return how many pages there were and how many gave none.

    Raises:
        SettingsError: a path cannot be read; what came before it is printed.
    """
    from pipelines.workers import ExtractionPool

    total = failed = 0
    names: list[str] = []

    def jobs() -> Iterator[tuple["Page", None]]:
        for item in wanted:
            names.append(item.name)
            yield item.page, None

    with ExtractionPool(preload=("scrapy.cmdline",), **({"workers": workers} if workers else {})) as pool:
        for page, result in pool.map(jobs()):
            name = names[total]
            total += 1
            failed += isinstance(result, ExtractionError)
            if as_json:
                print(json.dumps(as_line(name, page, result), ensure_ascii=False))
            elif isinstance(result, ExtractionError):
                print(f"{name}: {result}", file=sys.stderr)
            else:
                print(as_text(result))
    return total, failed


def as_line(name: str, page: "Page", result: "Article | ExtractionError") -> dict[str, Any]:
    """Return the document with the page's `path`, or the path, URL and reason when there is no article."""
    from pipelines.archive import to_document
    from pipelines.boilerplate import rules_version
    from pipelines.dedupe import article_id, content_fingerprint
    from pipelines.extract import component_versions
    from pipelines.model import Revision

    if isinstance(result, ExtractionError):
        reason = f"{result.reason}/{result.cause}" if isinstance(result, NoArticleError) else result.reason
        return {"path": name, "url": page.capture.url, "error": {"reason": reason, "message": str(result)}}
    revision = Revision(
        article_id=article_id(result),
        article=result,
        capture=page.capture,
        fingerprint=content_fingerprint(result),
        versions=component_versions() | {"rules": rules_version()},
    )
    return {"path": name, **to_document(revision)}


def as_text(article: "Article") -> str:
    """Return the article as a reader would see it, then what was removed and why, then its images."""
    lines = [article.headline or "(no headline)"]
    if article.authors:
        lines.append(", ".join(article.authors))
    if article.date_published:
        lines.append(article.date_published.isoformat())
    if article.confidence:
        lines.append(f"Confidence {article.confidence.value:.2f}")
    lines.extend(("", article.article_body, ""))
    lines.append(f"Removed ({len(article.removed)})")
    lines.extend(f"- {removed.rule}: {removed.block.text}" for removed in article.removed)
    if article.images:
        lines.extend(("", f"Images ({len(article.images)})"))
    for image in article.images:
        lines.append(f"- {image.content_url or '(not in the page)'}")
        lines.extend(f"  caption: {text}" for text in (image.caption,) if text)
        lines.extend(f"  credit: {credit.credit_text}" for credit in (image.credit,) if credit)
    return "\n".join((*lines, ""))


def find_pages(args: list[str], settings: "Settings | None") -> Iterator[Wanted]:
    """Yield the pages that the arguments name: files, folders, URLs."""
    from pipelines.extract import find_saved, read_saved

    urls = [arg for arg in args if arg.startswith(WEB)]
    fetched = iter(fetch_pages(urls, settings) if urls and settings else ())
    for arg in args:
        if arg.startswith(WEB):
            yield Wanted(name=arg, page=next(fetched))
        else:
            for path in find_saved(Path(arg)):
                yield Wanted(name=str(path), page=read_saved(path))


def read_list(file: Path) -> Iterator[Wanted]:
    """Yield the pages that the lines of `file` name.

    Raises:
        SettingsError: the list or one of its pages cannot be read; it names the line.
    """
    from pipelines.extract import read_saved

    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(file), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            name, url = str(entry["path"]), str(entry.get("url") or "").strip() or None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SettingsError(
                f"{file}:{number}", 'not a line like {"path": "page.html", "url": "https://..."}'
            ) from error
        near = file.parent / name
        yield Wanted(name=name, page=read_saved(near if near.exists() else Path(name), url))


def fetch_pages(urls: list[str], settings: "Settings") -> "list[Page]":
    """Return the pages at the URLs, fetched by the crawl's own rules.

    Raises:
        SettingsError: nobody answers for the requests (CONTACT).
        FetchError: one cannot be had.
    """
    from crawler.spiders.errand import run_errand

    pages = run_errand(settings, lambda fetch: [fetch(url) for url in urls])
    for page in pages:
        if page.capture.status != 200:
            raise FetchError(f"{page.capture.url}: answers {page.capture.status}")
    return pages
