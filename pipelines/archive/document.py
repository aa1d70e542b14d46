"""The document: a revision as schema.org NewsArticle in JSON, and back from the store."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from pipelines.errors import DocumentError
from pipelines.model import (
    Article,
    Candidate,
    Capture,
    Claim,
    Confidence,
    Dateline,
    Furniture,
    Genre,
    Hints,
    Image,
    RemovedBlock,
    Revision,
    WarcLocation,
)
from pipelines.urls import normalize_url, url_key

Document = dict[str, Any]

SCHEMA = Path(__file__).with_name("document.schema.json")
BATCH = 256
READERS = 8


class Readable(Protocol):
    """Where documents are read from; an object store is one."""

    @property
    def url(self) -> str:
        """Its name."""
        ...

    def get(self, key: str) -> bytes:
        """Return an object; `MissingObjectError` when there is none."""
        ...


def to_document(revision: Revision) -> Document:
    """Return the revision as a document: plain JSON values, what is unknown left out."""
    article = revision.article
    return _known(
        {
            "@context": "https://schema.org",
            "@type": article.type,
            "genre": None if article.genre is Genre.ARTICLE else article.genre.value,
            "url": _public_url(article, revision.capture),
            "headline": article.headline,
            "description": article.description,
            "author": [*({"name": name} for name in article.authors), *map(_organization, article.agencies)],
            "sourceOrganization": [_organization(name) for name in _agencies(article)],
            "locationCreated": _named(article.dateline.place) if article.dateline else None,
            "datePublished": _time(article.date_published),
            "dateModified": _time(article.date_modified),
            "inLanguage": article.in_language,
            "articleSection": article.article_section,
            "keywords": list(article.keywords),
            "image": [_image(image) for image in article.images],
            "publisher": _named(article.publisher),
            "isAccessibleForFree": article.is_accessible_for_free,
            "correction": list(article.corrections),
        }
    ) | {"wordCount": article.word_count, "articleBody": article.article_body, "newskeep": _ours(revision)}


def to_json(document: Mapping[str, Any]) -> bytes:
    """Return the document as UTF-8 JSON with a final line break; the same document always gives the same bytes.

    Lone surrogates, which JSON in a page can smuggle in, become question marks.
    """
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode("utf-8", "replace")


def validate_document(document: Mapping[str, Any]) -> None:
    """Check a document against the published schema.

    Raises:
        DocumentError: with the JSON path of what does not fit.
    """
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise DocumentError(f"{error.json_path}: {error.message[:300]}")


def read_document(store: Readable, key: str) -> Document:
    """Return the document under `key`.

    Raises:
        StoreError: it is missing or cannot be read.
        DocumentError: it is not a document of ours.
    """
    try:
        document = json.loads(store.get(key))
    except ValueError as error:
        raise DocumentError(f"{store.url}/{key}: not JSON: {error}") from error
    try:
        validate_document(document)
    except DocumentError as error:
        raise DocumentError(f"{store.url}/{key}: {error}") from error
    return dict(document)


def read_documents(store: Readable, keys: Iterable[str]) -> Iterator[tuple[str, Document | DocumentError]]:
    """Yield each key with its document, in order, or with what is wrong with it; several are read at once.

    Raises:
        StoreError: one is missing or cannot be read.
    """

    def read(key: str) -> Document | DocumentError:
        try:
            return read_document(store, key)
        except DocumentError as error:
            return error

    waiting = iter(keys)
    with ThreadPoolExecutor(READERS, thread_name_prefix="documents") as pool:
        while batch := list(islice(waiting, BATCH)):
            yield from zip(batch, pool.map(read, batch), strict=True)


def location_of(document: Mapping[str, Any]) -> WarcLocation | None:
    """Return where the record lies that `document` was made from; None when it names none."""
    place = document["newskeep"]["capture"].get("warc")
    if place is None:
        return None
    return WarcLocation(
        filename=place["filename"], offset=place["offset"], length=place["length"], record_id=place["recordId"]
    )


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _public_url(article: Article, capture: Capture) -> str:
    """Return the canonical URL when it may be believed, else the one that answered.

    It may be on the same host (`www.`, `m.` and the like aside), unless it is the home page, which careless
    templates name as canonical on every page.
    """
    canonical = normalize_url(article.canonical_url or "")
    own = url_key(capture.url)
    host = re.match(r"[^/?]+", own)
    if canonical is None or host is None:
        return capture.url
    return canonical if re.match(re.escape(host[0]) + r"[/?].", url_key(canonical)) else capture.url


def _ours(revision: Revision) -> Document:
    return _known(
        {
            "source": revision.capture.source,
            "articleId": revision.article_id,
            "canonicalUrl": revision.article.canonical_url,
            "ampUrl": revision.article.amp_url,
            "dateline": _dateline(revision.article.dateline) if revision.article.dateline else None,
            "revision": _known(
                {
                    "number": revision.number,
                    "kind": revision.kind.value,
                    "fingerprint": revision.fingerprint,
                    "previous": revision.previous,
                }
            ),
            "capture": _capture(revision.capture),
            "candidate": _candidate(revision.candidate) if revision.candidate else None,
            "hints": _hints(revision.hints) if revision.hints else None,
            "confidence": _confidence(revision.article.confidence) if revision.article.confidence else None,
        }
    ) | {
        "removed": [_removed(block) for block in revision.article.removed],
        "origins": dict(sorted(revision.article.origins.items())),
        **_known({"claims": _claims(revision.article.claims)}),
        "versions": dict(sorted(revision.versions.items())),
    }


def _confidence(confidence: Confidence) -> Document:
    causes = [{"signal": cause.signal, "effect": cause.effect} for cause in confidence.causes]
    return {"value": confidence.value, "article": confidence.article} | _known({"causes": causes})


def _capture(capture: Capture) -> Document:
    return _known(
        {
            "url": capture.url,
            "requestedUrl": capture.requested_url,
            "fetchedAt": _time(capture.fetched_at),
            "status": capture.status,
            "mediaType": capture.media_type or None,
            "charset": capture.charset,
            "payloadDigest": capture.payload_digest,
            "etag": capture.etag,
            "lastModified": capture.last_modified,
            "truncated": capture.truncated,
            "warc": _warc(capture.location) if capture.location else None,
        }
    )


def _warc(location: WarcLocation) -> Document:
    return {
        "filename": location.filename,
        "offset": location.offset,
        "length": location.length,
        "recordId": location.record_id,
    }


def _candidate(candidate: Candidate) -> Document:
    return _known(
        {
            "url": candidate.url,
            "channel": candidate.channel.value,
            "foundOn": candidate.found_on,
            "title": candidate.title,
            "published": _time(candidate.published),
            "modified": _time(candidate.modified),
            "language": candidate.language,
            "publication": candidate.publication,
            "authors": list(candidate.authors),
            "keywords": list(candidate.keywords),
        }
    )


def _hints(hints: Hints) -> Document:
    return _known(
        {
            "name": hints.name,
            "language": hints.language,
            "country": hints.country,
            "timezone": hints.timezone,
            "boilerplateSelectors": list(hints.boilerplate_selectors),
            "boilerplatePhrases": list(hints.boilerplate_phrases),
            "template": [_furniture(furniture) for furniture in hints.template],
        }
    )


def _furniture(furniture: Furniture) -> Document:
    return {"key": furniture.key, "articles": furniture.articles, "anywhere": furniture.anywhere}


def _removed(removed: RemovedBlock) -> Document:
    return _known(
        {
            "position": removed.position,
            "rule": removed.rule,
            "category": removed.category,
            "text": removed.block.text,
            "kind": removed.block.kind.value,
            "image": removed.image,
            "evidence": removed.evidence,
        }
    )


def _image(image: Image) -> Document:
    """Return an ImageObject; `sourceOrganization` is the agency, `provider` where the image was taken from."""
    credit = image.credit
    return _known(
        {
            "@type": "ImageObject",
            "contentUrl": image.content_url,
            "caption": image.caption,
            "description": image.description,
            "creditText": credit.credit_text if credit else None,
            "creator": _named(credit.creator) if credit else None,
            "sourceOrganization": _named(credit.agency) if credit else None,
            "provider": _named(credit.via) if credit else None,
            "copyrightNotice": credit.copyright_notice if credit else None,
            "license": image.license,
            "acquireLicensePage": image.acquire_license_page,
            "newskeep": {"inBody": image.in_body},
        }
    )


def _agencies(article: Article) -> tuple[str, ...]:
    """Return the wire agencies behind the article: those that sign it, and the one of its dateline."""
    filed = article.dateline.agency if article.dateline else None
    return tuple(dict.fromkeys((*article.agencies, *((filed,) if filed else ()))))


def _organization(name: str) -> Document:
    return {"@type": "Organization", "name": name}


def _dateline(dateline: Dateline) -> Document:
    return _known({"text": dateline.text, "place": dateline.place, "agency": dateline.agency})


def _claims(claims: Iterable[Claim]) -> Document:
    """Return field -> what was said of it, the chosen value first."""
    fields: Document = {}
    for claim in claims:
        said = {"value": claim.value, "origins": list(claim.origins), "chosen": claim.chosen, "reason": claim.reason}
        fields.setdefault(claim.field, []).append(_known(said))
    return fields


def _named(name: str | None) -> Document | None:
    return {"name": name} if name else None


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _known(values: Document) -> Document:
    """Leave out what is not known: None, empty texts, lists and objects."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
