"""OPML, as feed readers export it -> sources."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from crawler.seeds.entries import Entry, Imported, merge_entries
from crawler.seeds.values import canonical_language


def import_opml(data: bytes) -> Imported:
    """Return the publications of an OPML list, those of one host as one source.

    Outlines that only hold others are folders. A list that is not well-formed is read as far as it goes, and said so.

    Source:
        OPML 2.0, "Subscription lists".
    """
    problems: list[str] = []
    try:
        root = etree.fromstring(data, _parser(recover=False))
    except etree.XMLSyntaxError as error:
        problems.append(f"is not well-formed XML, entries may be missing: {error.msg}; export it again")
        root = _read_broken(data)
    if root is None or _local_name(root) != "opml":
        shown = "no XML" if root is None else f"<{_local_name(root)}>"
        return Imported(problems=(f"is not OPML but {shown}; export the subscriptions of a feed reader as OPML",))
    dtd: Any = root.getroottree().docinfo.internalDTD  # the stubs do not know its entities
    if dtd is not None and list(dtd.iterentities()):
        return Imported(problems=("declares XML entities, which are not read; export it again without them",))
    notes: list[str] = []
    entries = list(_read_outlines(root, notes))
    if not entries:
        problems.append("holds no entries; an entry is an <outline> with xmlUrl or htmlUrl")
    return merge_entries(entries, by_host=True, problems=problems, notes=notes)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)


def _read_broken(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, _parser(recover=True))
    except etree.XMLSyntaxError:
        return None


def _read_outlines(root: etree._Element, notes: list[str]) -> Iterator[Entry]:
    """Yield every outline that is not a mere folder, in document order."""
    number = 0
    for element in root.iter(etree.Element):
        if _local_name(element) != "outline":
            continue
        attributes = {str(name).lower(): str(value).strip() for name, value in element.attrib.items()}
        feed = attributes.get("xmlurl", "")
        page = attributes.get("htmlurl", "") or attributes.get("url", "")
        if len(element) and not feed and not page:
            continue
        number += 1
        place = f"entry {number} (line {element.sourceline})"
        tag = attributes.get("language", "").replace("_", "-")
        if tag and canonical_language(tag) is None:
            notes.append(f"{place}: language {tag!r} is no BCP 47 tag and was left out")
        yield Entry(
            place=place,
            name=attributes.get("title", "") or attributes.get("text", ""),
            home_page=page,
            language=canonical_language(tag) or "",
            feeds=(feed,) if feed else (),
        )


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()
