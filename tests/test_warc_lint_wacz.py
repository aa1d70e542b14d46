"""One broken sample for each rule of `scrapy warclint` on WACZ files, and sound ones that break none."""

import gzip
import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.warc.lint import RULES, lint_wacz
from pipelines.warc.lint.cdxj import LONGEST, Index, check_index
from pipelines.warc.lint.findings import Notes
from tests.test_warc_lint import INFO, NAME, RESPONSE, URL, Memory, pack

WARC = pack(INFO, RESPONSE)
OFFSET, LENGTH = len(pack(INFO)), len(pack(RESPONSE))
HEADER = b'{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'
PAGE = {"url": URL, "ts": "2026-11-02T09:30:00Z"}


def line(key: str = "example,courier)/a?b=1", **changes: object) -> bytes:
    place = {"url": URL, "filename": NAME, "offset": str(OFFSET), "length": str(LENGTH), **changes}
    return f"{key} 20261102093000 {json.dumps(place)}\n".encode()


def files(**changes: bytes | None) -> dict[str, bytes]:
    """The files of a sound WACZ but for the manifest; a name is written with __ for / ; None leaves a file out."""
    found: dict[str, bytes | None] = {
        f"archive/{NAME}": WARC,
        "indexes/index.cdx.gz": gzip.compress(line(), mtime=0),
        "pages/pages.jsonl": HEADER + json.dumps(PAGE).encode() + b"\n",
    }
    found |= {name.replace("__", "/").replace("_dot_", "."): body for name, body in changes.items()}
    return {name: body for name, body in found.items() if body is not None}


def resource(path: str, body: bytes) -> dict[str, object]:
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    return {"name": path.rpartition("/")[2], "path": path, "hash": digest, "bytes": len(body)}


@pytest.fixture
def wacz(tmp_path: Path) -> Callable[..., list[str]]:
    """Write a WACZ and give the rules that it breaks."""

    def check(
        found: dict[str, bytes] | None = None,
        *,
        name: str = "crawl.wacz",
        packed: tuple[str, ...] = (),
        package: object = None,
        digest: object = None,
        **changed: object,
    ) -> list[str]:
        found = files() if found is None else found
        listed = [{**resource(path, body), **changed} for path, body in found.items()]
        described = {"profile": "data-package", "wacz_version": "1.1.1", "resources": listed} | (package or {})
        manifest = json.dumps(described).encode()
        proof = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(manifest).hexdigest()}"} | (digest or {})
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            for path, body in found.items():
                file.writestr(path, body, zipfile.ZIP_DEFLATED if path in packed else zipfile.ZIP_STORED)
            file.writestr("datapackage.json", manifest)
            file.writestr("datapackage-digest.json", json.dumps(proof))
        return [finding.rule for finding in lint_wacz(tmp_path / name)]

    return check


def test_a_sound_wacz_has_no_finding(wacz):
    assert wacz() == []


BROKEN = [
    ("wacz-suffix", {"name": "crawl.zip"}),
    ("wacz-stored", {"packed": (f"archive/{NAME}",)}),
    ("wacz-stored", {"packed": ("indexes/index.cdx.gz",)}),
    ("wacz-archive", {"found": files(archive__notes_dot_txt=b"notes")}),
    ("wacz-indexes", {"found": files(indexes__index_dot_cdx_dot_gz=None, pages__pages_dot_jsonl=HEADER)}),
    ("wacz-indexes", {"found": files(indexes__notes_dot_txt=b"notes")}),
    ("wacz-extra", {"found": files(pages__notes_dot_txt=b"notes")}),
    ("wacz-pages", {"found": files(pages__pages_dot_jsonl=None)}),
    ("wacz-pages-header", {"found": files(pages__pages_dot_jsonl=json.dumps(PAGE).encode())}),
    ("wacz-page", {"found": files(pages__pages_dot_jsonl=HEADER + b"no page")}),
    ("wacz-page", {"found": files(pages__pages_dot_jsonl=HEADER + json.dumps({**PAGE, "ts": "20261102"}).encode())}),
    (
        "wacz-page-unindexed",
        {"found": files(pages__pages_dot_jsonl=HEADER + json.dumps({**PAGE, "url": "x:y"}).encode())},
    ),
    ("wacz-datapackage", {"package": {"profile": "other"}}),
    ("wacz-datapackage", {"package": {"wacz_version": None}}),
    ("wacz-datapackage", {"package": {"resources": "none"}}),
    ("wacz-digest", {"digest": {"hash": "sha256:0"}}),
    ("wacz-digest", {"digest": {"path": "other.json"}}),
    ("cdxj-line", {"found": files(indexes__index_dot_cdxj=b"no line\n")}),
    ("cdxj-order", {"found": files(indexes__index_dot_cdxj=line("b") + line("a"))}),
    ("cdxj-place", {"found": files(indexes__index_dot_cdxj=line(offset=7))}),
    ("cdxj-place", {"found": files(indexes__index_dot_cdxj=line(length=7))}),
    ("cdxj-place", {"found": files(indexes__index_dot_cdxj=line(filename="other.warc.gz"))}),
    ("cdxj-url", {"found": files(indexes__index_dot_cdxj=line(url="https://courier.example/"))}),
]


@pytest.mark.parametrize(("rule", "change"), BROKEN, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(BROKEN)])
def test_a_broken_wacz_breaks_its_rule_and_no_other(wacz, rule, change):
    assert wacz(**change) == [rule]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("wacz-resource", {"name": None}),
        ("wacz-resource", {"hash": None}),
        ("wacz-resource-bytes", {"bytes": 1}),
        ("wacz-resource-hash", {"hash": "sha256:0"}),
    ],
)
def test_resources_that_are_wrong_are_all_told(wacz, rule, change):
    found = files()
    listed = [{**resource(path, content), **change} for path, content in found.items()]

    assert wacz(found, package={"resources": listed}) == [rule] * len(listed)


def test_resources_that_are_missing_and_files_that_are_not_listed_are_told(wacz):
    listed = [resource(path, body) for path, body in files().items()]

    assert wacz(package={"resources": [*listed, resource("more.txt", b"")]}) == ["wacz-resource"]
    assert wacz(package={"resources": listed[1:]}) == ["wacz-resource-unlisted"]


def test_a_wacz_without_its_manifest_says_so(tmp_path):
    path = tmp_path / "crawl.wacz"
    with zipfile.ZipFile(path, "w") as file:
        for name, body in files().items():
            file.writestr(name, body)

    assert [finding.rule for finding in lint_wacz(path)] == ["wacz-datapackage"]


def repacked(wacz: Callable[..., list[str]], tmp_path: Path, change: Callable[[bytes], bytes]) -> list[str]:
    wacz()
    path = tmp_path / "crawl.wacz"
    path.write_bytes(change(path.read_bytes()))
    return [finding.rule for finding in lint_wacz(path)]


def test_a_missing_digest_is_told(wacz, tmp_path):
    assert repacked(wacz, tmp_path, lambda body: body.replace(b"datapackage-digest", b"datapackage-digesX")) == [
        "wacz-resource-unlisted",
        "wacz-digest-missing",
    ]


def test_a_file_that_is_damaged_is_told(wacz, tmp_path):
    assert repacked(wacz, tmp_path, lambda body: body.replace(b'"All Pages"', b'"ALL Pages"')) == ["wacz-damaged"]


def test_a_file_that_is_there_twice_is_told(tmp_path):
    path = tmp_path / "crawl.wacz"
    with zipfile.ZipFile(path, "w") as file:
        for name, body in files().items():
            file.writestr(name, body)
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr(f"archive/{NAME}", WARC)

    assert {finding.rule for finding in lint_wacz(path)} == {"wacz-repeated", "wacz-datapackage"}


def test_what_is_no_zip_is_told():
    assert [finding.rule for finding in lint_wacz(Memory(b"no zip", "crawl.wacz"))] == ["wacz-zip"]


def test_a_warc_within_is_checked_and_named(tmp_path, wacz):
    wacz({**files(), f"archive/{NAME}": pack(INFO, RESPONSE.having(WARC_Date="x"))})
    finding = next(iter(lint_wacz(tmp_path / "crawl.wacz")))

    assert (finding.rule, finding.offset) == ("date", OFFSET)
    assert finding.file == f"{tmp_path / 'crawl.wacz'}!archive/{NAME}"


def test_every_rule_on_waczs_has_its_broken_sample():
    tried = {rule for rule, _ in BROKEN} | {
        *("wacz-zip", "wacz-damaged", "wacz-repeated", "wacz-digest-missing"),
        *("wacz-resource", "wacz-resource-unlisted", "wacz-resource-bytes", "wacz-resource-hash"),
    }

    assert tried == {rule for rule in RULES if rule.startswith(("wacz-", "cdxj-"))}


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("wacz") / "crawl.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in files().items():
            file.writestr(name, body)
    return path.read_bytes()


@given(data=st.data())
def test_no_damage_raises(sound, data):
    body = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))

    assert list(lint_wacz(Memory(bytes(body), "crawl.wacz")))


def test_an_index_that_is_one_endless_line_is_told_and_not_held_in_memory():
    endless, notes = io.BytesIO(b"a" * (16 * LONGEST)), Notes("crawl.wacz")
    tracemalloc.start()
    check_index("index.cdxj", endless, Index(), notes, offset=0, on_read=len)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [finding.rule for finding in notes.drain()] == ["cdxj-line"]
    assert peak < 8 * LONGEST
