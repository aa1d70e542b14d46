import json

import attrs
import pytest

from pipelines.archive import read_document, to_document, to_json, validate_document
from pipelines.errors import DocumentError, StoreError
from pipelines.model import Block, BlockKind, Claim, Dateline, Genre, Image, ImageCredit, RemovedBlock


@pytest.fixture
def full(revision):
    """A revision in which every field says something."""
    article = attrs.evolve(
        revision.article,
        canonical_url="https://www.courier.example/2026/11/bridge",
        amp_url="https://www.courier.example/2026/11/bridge/amp",
        agencies=("dpa",),
        genre=Genre.OPINION,
        dateline=Dateline(text="BERLIN (AFP) —", place="BERLIN", agency="AFP"),
        corrections=("Correction: it was 1958.",),
        claims=(
            Claim(field="headline", value="Bridge", origins=("json-ld", "og"), chosen=True, reason="declared"),
            Claim(field="headline", value="Bridge news", origins=("title",)),
        ),
        description="After two years.",
        date_modified=revision.article.date_published,
        in_language="en",
        article_section="City",
        keywords=("bridge", "tram"),
        publisher="The Courier",
        is_accessible_for_free=False,
        removed=(
            RemovedBlock(
                block=Block(text="Photo: Eve", kind=BlockKind.PARAGRAPH),
                position=1,
                rule="r",
                category="credit",
                image=0,
            ),
        ),
        images=(
            Image(
                content_url="https://courier.example/a.jpg",
                caption="The bridge",
                description="A bridge over a harbour",
                license="https://creativecommons.org/licenses/by/4.0/",
                acquire_license_page="https://courier.example/buy",
                credit=ImageCredit(
                    credit_text="Eve/Wire via Flickr",
                    creator="Eve",
                    agency="Wire",
                    via="Flickr",
                    copyright_notice="© Eve",
                ),
            ),
            Image(caption="No file", in_body=False),
        ),
    )
    capture = attrs.evolve(
        revision.capture, requested_url="https://courier.example/?p=1", truncated="length", charset="utf-8"
    )
    candidate = attrs.evolve(
        revision.candidate,
        modified=revision.candidate.published,
        language="en",
        publication="Courier",
        authors=("A",),
        keywords=("k",),
    )
    return attrs.evolve(
        revision, article=article, capture=capture, candidate=candidate, number=2, previous="documents/x"
    )


def test_a_full_document_is_news_article_and_ours(full):
    document = to_document(full)
    ours = document.pop("newskeep")

    assert document == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "genre": "opinion",
        "url": "https://www.courier.example/2026/11/bridge",
        "headline": "Bridge reopens",
        "description": "After two years.",
        "author": [{"name": "Ada Lund"}, {"@type": "Organization", "name": "dpa"}],
        "sourceOrganization": [{"@type": "Organization", "name": "dpa"}, {"@type": "Organization", "name": "AFP"}],
        "locationCreated": {"name": "BERLIN"},
        "correction": ["Correction: it was 1958."],
        "datePublished": "2026-11-02T09:00:00+01:00",
        "dateModified": "2026-11-02T09:00:00+01:00",
        "inLanguage": "en",
        "articleSection": "City",
        "keywords": ["bridge", "tram"],
        "image": [
            {
                "@type": "ImageObject",
                "contentUrl": "https://courier.example/a.jpg",
                "caption": "The bridge",
                "description": "A bridge over a harbour",
                "creditText": "Eve/Wire via Flickr",
                "creator": {"name": "Eve"},
                "sourceOrganization": {"name": "Wire"},
                "provider": {"name": "Flickr"},
                "copyrightNotice": "© Eve",
                "license": "https://creativecommons.org/licenses/by/4.0/",
                "acquireLicensePage": "https://courier.example/buy",
                "newskeep": {"inBody": True},
            },
            {"@type": "ImageObject", "caption": "No file", "newskeep": {"inBody": False}},
        ],
        "publisher": {"name": "The Courier"},
        "isAccessibleForFree": False,
        "wordCount": 9,
        "articleBody": "The bridge is open again.\n\nTrams follow in May.",
    }
    assert ours["revision"] == {
        "number": 2,
        "kind": "first",
        "fingerprint": f"sha256:{'cd' * 32}",
        "previous": "documents/x",
    }
    assert ours["capture"]["fetchedAt"] == "2026-11-02T09:30:00.250000+00:00"
    assert ours["capture"]["warc"]["offset"] == 512
    assert ours["candidate"]["foundOn"] == "https://courier.example/feed"
    assert ours["removed"] == [
        {"position": 1, "rule": "r", "category": "credit", "text": "Photo: Eve", "kind": "paragraph", "image": 0}
    ]


def test_a_full_document_fits_the_schema(full):
    validate_document(to_document(full))


def test_a_document_that_knows_next_to_nothing_fits_the_schema_and_holds_no_null(revision):
    bare = attrs.evolve(
        revision,
        candidate=None,
        versions={},
        article=type(revision.article)(url=revision.article.url),
        capture=attrs.evolve(revision.capture, location=None, media_type="", etag=None),
    )
    document = to_document(bare)

    validate_document(document)
    assert "null" not in to_json(document).decode()
    assert document["articleBody"] == ""
    assert "author" not in document


@pytest.mark.parametrize(
    ("canonical", "public"),
    [
        ("https://courier.example/clean", "https://courier.example/clean"),
        ("https://www.courier.example/clean", "https://www.courier.example/clean"),
        ("https://courier.example/", "https://courier.example/2026/11/bridge"),
        ("https://other.example/clean", "https://courier.example/2026/11/bridge"),
        ("ftp://courier.example/clean", "https://courier.example/2026/11/bridge"),
        ("http://[broken", "https://courier.example/2026/11/bridge"),
        (None, "https://courier.example/2026/11/bridge"),
    ],
)
def test_a_canonical_url_is_believed_only_on_its_own_site(revision, canonical, public):
    changed = attrs.evolve(revision, article=attrs.evolve(revision.article, canonical_url=canonical))
    document = to_document(changed)

    assert document["url"] == public
    assert document["newskeep"].get("canonicalUrl") == canonical
    assert document["newskeep"]["capture"]["url"] == "https://courier.example/2026/11/bridge"


def test_the_same_document_is_the_same_bytes_with_one_final_line_break(full):
    body = to_json(to_document(full))
    shuffled = attrs.evolve(full, versions=dict(reversed(full.versions.items())))

    assert to_json(to_document(shuffled)) == body
    assert body.endswith(b"}\n")
    assert not body.endswith(b"\n\n")
    assert json.loads(body) == to_document(full)


def test_lone_surrogates_do_not_break_a_document(revision):
    broken = attrs.evolve(revision, article=attrs.evolve(revision.article, headline="a\ud800b"))

    assert json.loads(to_json(to_document(broken)))["headline"] == "a?b"


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("newskeep", "surprise"), 1, r"\$\.newskeep: "),
        (("datePublished",), "yesterday", r"\$\.datePublished: "),
        (("newskeep", "capture", "fetchedAt"), "2026-11-02T09:30:00", r"\$\.newskeep\.capture\.fetchedAt: "),
        (("url",), "/relative", r"\$\.url: "),
        (("wordCount",), None, r"\$\.wordCount: "),
        (("newskeep", "revision", "number"), 0, r"\$\.newskeep\.revision\.number: "),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(revision, path, value, where):
    document = to_document(revision)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value

    with pytest.raises(DocumentError, match=where):
        validate_document(document)


def test_a_document_is_read_back_from_the_store(revision, file_store):
    file_store.put("documents/a.json", to_json(to_document(revision)))

    assert read_document(file_store, "documents/a.json") == to_document(revision)


@pytest.mark.parametrize(("body", "problem"), [(b"{", "not JSON"), (b"\xff", "not JSON"), (b"{}", r"a\.json: \$")])
def test_a_damaged_document_is_one_line_that_names_its_key(file_store, body, problem):
    file_store.put("documents/a.json", body)
    with pytest.raises(DocumentError, match=rf"documents/a\.json.*{problem}|{problem}") as caught:
        read_document(file_store, "documents/a.json")

    assert "documents/a.json" in str(caught.value)


def test_a_missing_document_is_a_store_error(file_store):
    with pytest.raises(StoreError, match="no such object"):
        read_document(file_store, "documents/a.json")


def test_agencies_stand_apart_from_people(full):
    document = to_document(full)
    people = [{"name": name} for name in full.article.authors]
    assert document["author"] == [*people, {"@type": "Organization", "name": "dpa"}]
    assert [agency["name"] for agency in document["sourceOrganization"]] == ["dpa", "AFP"]


def test_what_was_said_of_a_field_stands_under_its_name(full):
    assert to_document(full)["newskeep"]["claims"] == {
        "headline": [
            {"value": "Bridge", "origins": ["json-ld", "og"], "chosen": True, "reason": "declared"},
            {"value": "Bridge news", "origins": ["title"], "chosen": False},
        ]
    }


def test_a_plain_article_names_no_genre(full):
    assert to_document(full)["genre"] == "opinion"
    assert "genre" not in to_document(attrs.evolve(full, article=attrs.evolve(full.article, genre=Genre.ARTICLE)))
