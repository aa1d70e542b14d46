"""Pages that are no articles, to learn from: real ones without their story, our own in many languages, a fake web.

Real ones are rare in collections of articles. So the story of a real page is taken out or replaced, which leaves the
menus, teasers, footers and declarations that surround a wall, a list or an empty shell in life.
"""

import random
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import attrs
import lxml.html
from lxml.html import HtmlElement

OWN = Path(__file__).with_name("no_articles.toml")
NOT_WORD = re.compile(r"[\W_]+")
DECLARING = (
    "//script[contains(@type, 'ld+json')] | //meta[starts-with(@property, 'og:') or starts-with(@property, 'article:')]"
)
KINDS = ("shell", "shell", "hub", "missing", "consent", "login", "stub")
LONG = 200
SHELL = '<div id="root"></div><noscript>Please turn JavaScript on to see this page.</noscript>'


@attrs.frozen(kw_only=True)
class Sample:
    """A page to measure: `group` keeps what belongs together on one side of a cross-validation.

    `body` is the true text; where it is not known, `pieces` may be: what belongs to it, and what does not.
    """

    name: str
    group: str
    kind: str
    url: str
    payload: bytes
    body: str | None = None
    pieces: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def own_pages() -> Iterator[Sample]:
    """Yield our own walls, errors, lists and forms, one group a language, bare and within a site's frame."""
    for language, texts in tomllib.loads(OWN.read_text("utf-8")).items():
        for kind, (title, text) in texts.items():
            for framed in (False, True):
                url = f"https://courier.example/{language}/{'themes/port' if kind == 'tag' else 'n/4711'}"
                html = _own_page(language, kind, title, text, framed=framed)
                name = f"own-{language}-{kind}-{framed:d}"
                yield Sample(name=name, group=f"own-{language}", kind=kind, url=url, payload=html.encode())


def _own_page(language: str, kind: str, title: str, text: str, *, framed: bool) -> str:
    field = "<form><input type='email'><input type='password'><button>OK</button></form>" if kind == "login" else ""
    rows = "".join(
        f"<div class='card'><h3><a href='/{language}/n/{n}'>{escape(text[:60])} {n}</a></h3>"
        f"<p>{escape(text[n:])}</p></div>"
        for n in range(9 * (kind == "tag"))
    )
    inner = f"<h1>{escape(title)}</h1><p>{escape(text)}</p>{field}{rows}"
    menu = "".join(f"<li><a href='/{language}/{n}/'>{escape(word)}</a></li>" for n, word in enumerate(text.split()[:6]))
    if framed:
        inner = f"<header><ul>{menu}</ul></header><main>{inner}</main><footer><ul>{menu}</ul><p>© 2026</p></footer>"
    return (
        f"<!DOCTYPE html><html lang='{language}'><head><title>{escape(title)}</title></head><body>{inner}</body></html>"
    )


def hollow_pages(rows: Sequence[Mapping[str, Any]], read: Any, seed: int = 5) -> Iterator[Sample]:
    """Yield real pages whose story was taken out, and something else put in its place.

    `rows` are the corpus' truth, `read` gives a row's page as text. Every other page keeps its declarations.
    """
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    own = tomllib.loads(OWN.read_text("utf-8"))
    for number, row in enumerate(row for row in rows if row.get("body")):
        tree = lxml.html.document_fromstring(read(row).encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8"))
        place = _take_story_out(tree, row["body"])
        if place is None:
            continue
        kind = KINDS[number % len(KINDS)]
        texts = own.get(row.get("lang") or "en", own["en"])
        if kind == "hub":
            for title in tree.xpath("//head/title"):
                title.text = texts["tag"][0]
        for part in lxml.html.fragments_fromstring(f"<div>{_filling(kind, row, texts, rows, rng)}</div>"):
            place.append(part)
        if number % 2 or (kind == "hub" and number % 3):
            for declaring in tree.xpath(DECLARING):
                declaring.drop_tree()
        yield Sample(
            name=f"hollow-{row['id']}",
            group=row["domain"],
            kind=kind,
            url=f"https://{row['host']}/{texts['tag'][0].split()[-1].lower()}/" if kind == "hub" else _address(row),
            payload=lxml.html.tostring(tree, encoding="utf-8"),
            body=row["body"] if kind == "stub" else None,
        )


def _address(row: Mapping[str, Any]) -> str:
    return row.get("url") or f"https://{row['host']}/a"


def _take_story_out(tree: HtmlElement, body: str) -> HtmlElement | None:
    """Empty the smallest element that holds nearly all of `body`, headline and all; return it."""
    lines = [key for line in body.split("\n") if len(key := NOT_WORD.sub("", line)) > 30]
    holder = tree.find("body")
    if holder is None or not lines or _held(holder, lines) < 0.6:
        return None
    inner: HtmlElement | None = holder
    while inner is not None:
        holder = inner
        inner = next((child for child in holder if isinstance(child.tag, str) and _held(child, lines) >= 0.6), None)
    for child in list(holder):
        holder.remove(child)
    holder.text = None
    # What stands in a story's place has no readers' comments, nor the next story, below it.
    for story in [node for node in tree.iter("p", "li", "blockquote") if len(node.text_content()) > LONG]:
        story.drop_tree()
    return holder


def _held(element: HtmlElement, lines: Sequence[str]) -> float:
    text = NOT_WORD.sub("", element.text_content())
    return sum(line in text for line in lines) / len(lines)


def _filling(
    kind: str, row: Mapping[str, Any], texts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], rng: random.Random
) -> str:
    if kind == "shell":
        return SHELL
    if kind == "stub":
        first = row["body"].split("\n")[0]
        return f"<h1>{escape(row.get('title') or '')}</h1><p>{escape(first)}</p>"
    if kind == "hub":
        others = rng.sample([other for other in rows if other.get("body") and other.get("title")], 10)
        return "".join(_teaser(other) for other in others)
    title, text = texts[kind]
    field = "<form><input type='password'></form>" if kind == "login" else ""
    return f"<h1>{escape(title)}</h1><p>{escape(text)}</p>{field}"


def _teaser(row: Mapping[str, Any]) -> str:
    lead = row["body"].split("\n")[0][:240]
    return f"<div><h3><a href='/news/{escape(row['id'])}'>{escape(row['title'])}</a></h3><p>{escape(lead)}</p></div>"


def fake_web_pages(folder: Path, seeds: Sequence[int], sites: int = 6) -> Iterator[Sample]:
    """Yield articles, lists, walls and shells of the fake news web in `folder` (`newsweb`), one group a seed."""
    sys.path.insert(0, str(folder))
    from newsweb.render import Renderer  # type: ignore[import-not-found]  # noqa: PLC0415 - it lies elsewhere
    from newsweb.world import World  # type: ignore[import-not-found]  # noqa: PLC0415

    for seed in seeds:
        world = World(None, seed, sites, "none", None, 6)
        renderer = Renderer(world)
        for site in world.sites:
            pages = [
                ("home", "/", renderer.home(site, 0)),
                ("list", "/archive/", renderer.listing(site, 0, "archive", "", 1)),
            ]
            pages += [("list", f"/section/{s}/", renderer.listing(site, 0, "section", s, 1)) for s in site.sections]
            sorry = f"{renderer.nav(site)}<h1>Page not found</h1><p>Nothing stands here.</p>{renderer.footer(site)}"
            pages.append(("missing", "/gone/x", renderer.shell(site, "Page not found", sorry)))
            pages.append(("shell", "/n/12345678", renderer.shell(site, "Story", SHELL)))
            for kind, path, payload in pages:
                if payload:
                    yield Sample(
                        name=f"web-{seed}{site.host}{path}",
                        group=f"web-{seed}",
                        kind=kind,
                        url=site.url(path),
                        payload=payload,
                    )
            for article in [a for a in site.articles if a.kind == "synthetic" and a.visible(0)][:3]:
                yield Sample(
                    name=f"web-{seed}-{article.id}",
                    group=f"web-{seed}",
                    kind="article",
                    url=article.url,
                    payload=renderer.article(article, 0),
                    body=article.body_at(0),
                )
