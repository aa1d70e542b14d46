"""A whole crawl into a bucket with object lock, and a takedown there."""

import uuid
from datetime import UTC, datetime

import pytest

from crawler.demo import FOLDER, DemoServer
from pipelines.archive import open_catalog, read_documents
from pipelines.archive.manifests import archive_state
from pipelines.audit import Audit, take_down
from pipelines.stores import open_store
from tests.conftest import run_crawl


@pytest.fixture
def locked(s3_server, monkeypatch):
    """A client, and the name of a bucket whose objects can be locked."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    client, bucket = s3_server.client(), f"test-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    return client, bucket


def test_everything_is_locked_and_a_takedown_leaves_no_version_of_the_article(locked, tmp_path, monkeypatch):
    client, bucket = locked
    url = f"s3://{bucket}/archive"
    with DemoServer() as server:
        monkeypatch.setenv("http_proxy", server.proxy)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        run_crawl(tmp_path, SEEDS_DIR=str(FOLDER / "seeds"), ARCHIVE_URL=url, OBJECT_LOCK_DAYS=1)
    store, catalog = open_store(url, lock_days=1), open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    keys = list(archive_state(store))
    modes = {client.get_object_retention(Bucket=bucket, Key=f"archive/{key}")["Retention"]["Mode"] for key in keys}
    (gone, document), *others = read_documents(store, [found.key for found in store.list("documents/")])

    take_down(store, catalog, document["url"], reason="court order", now=datetime.now(UTC))

    versions = client.list_object_versions(Bucket=bucket, Prefix=f"archive/{gone}")
    segment = [key for key in keys if key.endswith(".warc.gz")]
    assert modes == {"GOVERNANCE"}
    assert versions.get("Versions", []) == versions.get("DeleteMarkers", []) == []
    assert len(client.list_object_versions(Bucket=bucket, Prefix=f"archive/{segment[0]}")["Versions"]) == 1
    assert len(list(store.list("documents/"))) == len(others)
    assert [problem for problem in Audit(store=store, catalog=catalog).run() if problem.is_damage] == []
    catalog.close()
