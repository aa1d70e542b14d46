"""Manifests, their seals and the chain."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from pipelines.archive import close_days
from pipelines.archive.chain import check_chain
from pipelines.archive.manifests import (
    Entry,
    Event,
    archive_state,
    iter_entries,
    later_of,
    part_keys,
    write_part,
)
from pipelines.archive.merkle import tree_hash
from pipelines.archive.seals import read_root, root_key, seal_days, stamp_key
from pipelines.errors import ManifestError, StoreError, TimestampError

MONDAY = datetime(2026, 11, 2, 9, 30, 0, 250000, UTC)
DAY = timedelta(days=1)


def entry(name: str = "1", *, at: datetime = MONDAY, **changed) -> Entry:
    known = {"key": f"documents/courier/{name}.json", "size": 7, "sha256": f"sha256:{name * 64}"[:71], "at": at}
    return Entry(**{**known, **changed})


def archive_of_days(store, count: int = 4) -> list[str]:
    """Write two parts a day and seal all days; return the keys of the roots."""
    for number in range(count):
        for hour in range(2):
            now = MONDAY + number * DAY + timedelta(hours=hour)
            write_part(store, [entry(f"{number}-{hour}-{line}", at=now) for line in range(3)], now=now)
    return list(seal_days(store, now=MONDAY + count * DAY))


def problems(store) -> dict[str, str]:
    return {problem.key: problem.message for problem in check_chain(store)}


# Parts


def test_a_part_is_named_by_its_time_and_content(file_store):
    key = write_part(file_store, [entry()], now=MONDAY)

    digest = hashlib.sha256(file_store.get(key)).hexdigest()
    assert key == f"manifests/2026/11/02/093000250-{digest[:8]}.jsonl"


def test_a_line_is_compact_json_with_sorted_names(file_store):
    key = write_part(
        file_store, [entry(), entry("2", event=Event.REMOVED, was="sha256:ab", reason="asked")], now=MONDAY
    )

    first, second = file_store.get(key).decode().splitlines()
    assert list(json.loads(first)) == ["at", "event", "key", "sha256", "size"]
    assert '"reason":"asked"' in second
    assert ", " not in first


def test_entries_come_back_as_they_were_written(file_store):
    written = [entry(), entry("é"), entry("2", event=Event.REPLACED, was="sha256:ab", reason="a\nb")]
    write_part(file_store, written, now=MONDAY)

    assert list(iter_entries(file_store)) == written


def test_the_same_part_may_be_written_twice(file_store):
    assert write_part(file_store, [entry()], now=MONDAY) == write_part(file_store, [entry()], now=MONDAY)
    assert len(list(iter_entries(file_store))) == 1


def test_a_part_that_comes_back_otherwise_is_refused(file_store, monkeypatch):
    monkeypatch.setattr(file_store, "get", lambda key: b"other")
    with pytest.raises(StoreError, match="something else"):
        write_part(file_store, [entry()], now=MONDAY)


def test_a_part_needs_an_entry(file_store):
    with pytest.raises(ValueError, match="needs an entry"):
        write_part(file_store, [], now=MONDAY)


def test_entries_can_be_had_for_some_days_only(file_store):
    archive_of_days(file_store)
    wanted = iter_entries(file_store, since=date(2026, 11, 3), until=date(2026, 11, 4))
    assert {found.at.day for found in wanted} == {3, 4}


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"key":"a"}',
        b"\xff",
        b'{"at":"2026-11-02T09:30:00","event":"stored","key":"a","sha256":"sha256:ab","size":1}',
        b'{"at":"2026-11-02T09:30:00+00:00","event":"stored","key":"a","sha256":"sha256:ab","size":"1"}',
        b'{"at":"2026-11-02T09:30:00+00:00","event":"removed","key":"a","reason":[],"sha256":"sha256:ab","size":0}',
    ],
)
def test_a_damaged_line_is_named(file_store, line):
    file_store.put("manifests/2026/11/02/093000250-00000000.jsonl", line + b"\n")
    with pytest.raises(ManifestError, match=r"093000250-00000000\.jsonl: line 1 "):
        list(iter_entries(file_store))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_the_state_does_not_depend_on_whose_clock_was_right(file_store, order):
    history = [
        entry(sha256="sha256:1"),
        entry(sha256="sha256:2", event=Event.REPLACED, was="sha256:1"),
        entry(sha256="sha256:3", event=Event.REPLACED, was="sha256:2"),
    ]
    for hour, number in enumerate(order):
        write_part(file_store, [history[number]], now=MONDAY + timedelta(hours=hour))

    assert archive_state(file_store)[history[0].key].sha256 == "sha256:3"


def test_what_was_removed_stays_removed():
    removed = entry(event=Event.REMOVED)
    assert later_of(removed, entry()) == later_of(entry(), removed) == removed


# The tree


def reference_hash(leaves: list[bytes]) -> bytes:
    """Return the hash as RFC 6962 section 2.1 defines it, by recursion."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + reference_hash(leaves[:half]) + reference_hash(leaves[half:])).digest()


@pytest.mark.parametrize("count", [*range(20), 63, 64, 65, 100])
def test_the_tree_hash_is_that_of_rfc_6962(count):
    leaves = [str(number).encode() for number in range(count)]
    assert tree_hash(leaves) == reference_hash(leaves)


# Sealing


def test_a_root_holds_the_hash_of_the_root_before_and_of_every_line(file_store):
    _, key, *_ = archive_of_days(file_store)
    root = json.loads(file_store.get(key))
    lines = [line for part in root["parts"] for line in file_store.get(part["key"]).splitlines()]

    before = json.loads(file_store.get("manifests/2026/11/02/root.json"))
    assert root["previous"] == {"day": "2026-11-02", "root": before["root"]}
    assert root["root"] == f"sha256:{reference_hash([before['root'].encode(), *lines]).hex()}"
    assert (root["day"], root["lines"], len(root["parts"])) == ("2026-11-03", 6, 2)


def test_the_first_root_follows_none(file_store):
    key, *_ = archive_of_days(file_store)
    assert json.loads(file_store.get(key))["previous"] is None


@pytest.mark.parametrize(("hour", "sealed"), [(0, 0), (1, 1)])
def test_a_day_is_sealed_when_it_is_over_by_an_hour(file_store, hour, sealed):
    write_part(file_store, [entry()], now=MONDAY)
    assert len(seal_days(file_store, now=datetime(2026, 11, 3, hour, tzinfo=UTC))) == sealed


def test_a_day_without_parts_has_no_root(file_store):
    write_part(file_store, [entry("1")], now=MONDAY)
    write_part(file_store, [entry("2")], now=MONDAY + 3 * DAY)

    assert seal_days(file_store, now=MONDAY + 5 * DAY) == (
        "manifests/2026/11/02/root.json",
        "manifests/2026/11/05/root.json",
    )
    assert problems(file_store) == {}


def test_sealing_again_writes_nothing(file_store):
    archive_of_days(file_store)
    assert seal_days(file_store, now=MONDAY + 4 * DAY) == ()


def test_a_late_part_goes_into_the_next_root(file_store):
    archive_of_days(file_store)
    late = write_part(file_store, [entry("late")], now=MONDAY)
    write_part(file_store, [entry("new")], now=MONDAY + 4 * DAY)
    (key,) = seal_days(file_store, now=MONDAY + 5 * DAY)

    assert read_root(file_store, key).parts[0].key == late
    assert problems(file_store) == {}


def test_a_late_part_does_not_wait_for_a_day_with_others(file_store):
    archive_of_days(file_store)
    write_part(file_store, [entry("late")], now=MONDAY)

    assert seal_days(file_store, now=MONDAY + 9 * DAY) == ("manifests/2026/11/10/root.json",)
    assert problems(file_store) == {}


def test_a_part_of_a_clock_years_behind_is_sealed_once(file_store):
    archive_of_days(file_store)
    write_part(file_store, [entry("old")], now=datetime(1970, 1, 1, 5, tzinfo=UTC))
    for number in range(4, 70):
        write_part(file_store, [entry(f"n{number}")], now=MONDAY + number * DAY)
        seal_days(file_store, now=MONDAY + (number + 1) * DAY)

    roots = [read_root(file_store, found.key) for found in file_store.list("manifests/") if "root" in found.key]
    assert sum("/1970/" in part.key for root in roots for part in root.parts) == 1
    assert problems(file_store) == {}


def test_a_sealer_whose_clock_is_behind_writes_nothing(file_store):
    archive_of_days(file_store)
    write_part(file_store, [entry("late")], now=MONDAY)

    assert seal_days(file_store, now=MONDAY - 30 * DAY) == ()
    assert seal_days(file_store, now=MONDAY + 2 * DAY) == ()


def test_a_sealer_whose_clock_is_ahead_only_seals_early(file_store):
    archive_of_days(file_store, 2)
    seal_days(file_store, now=MONDAY + 2 * DAY)
    write_part(file_store, [entry("early")], now=MONDAY + 2 * DAY)
    seal_days(file_store, now=MONDAY + 3 * DAY)  # by a clock that is a day ahead
    write_part(file_store, [entry("rest")], now=MONDAY + 2 * DAY + timedelta(hours=5))
    write_part(file_store, [entry("next")], now=MONDAY + 3 * DAY)
    seal_days(file_store, now=MONDAY + 4 * DAY)

    sealed = [part.key for found in part_roots(file_store) for part in read_root(file_store, found).parts]
    assert sorted(sealed) == part_keys(file_store)
    assert problems(file_store) == {}


def part_roots(store) -> list[str]:
    return [found.key for found in store.list("manifests/") if found.key.endswith("/root.json")]


def test_two_sealers_make_one_chain(file_store, monkeypatch):
    """The second one comes between the listing of the first and its writing, with a late part that only it saw."""
    for number in range(3):
        write_part(file_store, [entry(str(number))], now=MONDAY + number * DAY)
    put, others = file_store.put, []

    def put_late(key, body, **named):
        if not others:
            others.append(key)
            monkeypatch.setattr(file_store, "put", put)
            write_part(file_store, [entry("late")], now=MONDAY)
            seal_days(file_store, now=MONDAY + 3 * DAY)
        return put(key, body, **named)

    monkeypatch.setattr(file_store, "put", put_late)
    assert seal_days(file_store, now=MONDAY + 3 * DAY) == ()
    assert problems(file_store) == {}
    assert len(part_roots(file_store)) == 3


def test_sealing_reads_only_the_new_day_and_the_roots_of_two_months(file_store, monkeypatch):
    for number in range(200):
        now = MONDAY + number * DAY
        write_part(file_store, [entry(str(number), at=now)], now=now)
    seal_days(file_store, now=MONDAY + 198 * DAY)
    read, get = [], file_store.get
    monkeypatch.setattr(file_store, "get", lambda key, **named: read.append(key) or get(key, **named))

    assert len(seal_days(file_store, now=MONDAY + 200 * DAY)) == 2
    assert len([key for key in read if key.endswith(".jsonl")]) == 2
    assert len(read) < 66


def test_a_part_that_was_damaged_before_its_day_is_sealed_is_not_sealed(file_store):
    key = write_part(file_store, [entry()], now=MONDAY)
    file_store.replace(key, b"{}\n")
    with pytest.raises(ManifestError, match=key):
        seal_days(file_store, now=MONDAY + DAY)


def test_only_the_newest_root_is_stamped_and_a_failed_stamp_is_tried_again(file_store):
    asked = []

    def fail(digest: bytes) -> bytes:
        raise TimestampError("nobody answers")

    def stamp(digest: bytes) -> bytes:
        asked.append(digest)
        return b"token"

    write_part(file_store, [entry("1")], now=MONDAY)
    write_part(file_store, [entry("2")], now=MONDAY + DAY)
    with pytest.raises(TimestampError):
        seal_days(file_store, now=MONDAY + 2 * DAY, stamp=fail)
    newest = root_key(date(2026, 11, 3))
    assert part_roots(file_store) == [root_key(date(2026, 11, 2)), newest]

    assert seal_days(file_store, now=MONDAY + 2 * DAY, stamp=stamp) == ()
    assert asked == [read_root(file_store, newest).digest]
    assert file_store.get(stamp_key(newest)) == b"token"
    assert seal_days(file_store, now=MONDAY + 2 * DAY, stamp=fail) == ()


# Tampering


SECOND = "manifests/2026/11/03/"


def second_part(store) -> str:
    return part_keys(store, SECOND)[0]


def test_an_untouched_chain_has_no_problem(file_store):
    archive_of_days(file_store)
    assert problems(file_store) == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: [lines[0].replace(b'"size":7', b'"size":8'), *lines[1:]], "was changed"),
        (lambda lines: lines[1:], "has 2 lines, not the 3 that were sealed"),
        (lambda lines: [*lines, lines[0]], "has 4 lines, not the 3 that were sealed"),
        (lambda lines: lines[::-1], "was changed"),
    ],
    ids=["changed", "removed", "added", "reordered"],
)
def test_a_line_touched_in_the_past_is_found(file_store, change, message):
    archive_of_days(file_store)
    key = second_part(file_store)
    file_store.replace(key, b"".join(change(file_store.get(key).splitlines(keepends=True))))

    assert list(problems(file_store)) == [key]
    assert message in problems(file_store)[key]


def test_a_part_that_is_missing_is_found(file_store):
    archive_of_days(file_store)
    key = second_part(file_store)
    file_store.delete(key)
    assert problems(file_store) == {key: "is missing, although a root lists it"}


def test_a_part_added_to_the_past_is_found(file_store):
    archive_of_days(file_store)
    key = write_part(file_store, [entry("forged")], now=MONDAY + DAY)
    assert "in no root" in problems(file_store)[key]


def test_a_part_of_the_newest_sealed_day_may_have_come_late(file_store):
    archive_of_days(file_store)
    write_part(file_store, [entry("late")], now=MONDAY + 3 * DAY)
    assert problems(file_store) == {}


def rewrite(store, key: str, **changed) -> None:
    store.replace(key, json.dumps({**json.loads(store.get(key)), **changed}).encode())


def test_parts_listed_out_of_order_are_found(file_store):
    archive_of_days(file_store)
    key = f"{SECOND}root.json"
    rewrite(file_store, key, parts=json.loads(file_store.get(key))["parts"][::-1])
    assert key in problems(file_store)


def test_a_day_sealed_anew_is_found_by_the_next_root(file_store):
    """Who changes a part and makes a new root for it, right in itself, cannot change the root after it."""
    archive_of_days(file_store)
    key = second_part(file_store)
    file_store.delete(key)
    file_store.delete(f"{SECOND}root.json")
    write_part(file_store, [entry("forged")], now=MONDAY + DAY)
    roots = {found: file_store.get(found) for found in part_roots(file_store)[1:]}
    for found in roots:
        file_store.delete(found)
    seal_days(file_store, now=MONDAY + 2 * DAY)
    for found, body in roots.items():
        file_store.put(found, body)

    assert problems(file_store) == {
        "manifests/2026/11/04/root.json": "names another root for 2026-11-03: that day was changed since"
    }


def test_a_root_that_is_missing_is_found_by_the_next_one(file_store):
    archive_of_days(file_store)
    file_store.delete(f"{SECOND}root.json")
    found = problems(file_store)
    assert "follows the root of 2026-11-03" in found["manifests/2026/11/04/root.json"]


def test_the_first_root_cannot_go_unseen(file_store):
    archive_of_days(file_store)
    file_store.delete("manifests/2026/11/02/root.json")
    assert "follows the root of 2026-11-02" in problems(file_store)[f"{SECOND}root.json"]


def test_a_root_added_to_the_past_is_found(file_store):
    write_part(file_store, [entry("1")], now=MONDAY)
    write_part(file_store, [entry("2")], now=MONDAY + 3 * DAY)
    seal_days(file_store, now=MONDAY + 5 * DAY)
    before = read_root(file_store, root_key(date(2026, 11, 2)))
    forged = {"day": "2026-11-03", "previous": {"day": before.day, "root": before.root}, "parts": [], "lines": 0}
    forged["root"] = f"sha256:{tree_hash([before.root.encode()]).hex()}"
    file_store.put(root_key(date(2026, 11, 3)), json.dumps(forged).encode())

    assert "but the one before it here is that of 2026-11-03" in problems(file_store)[root_key(date(2026, 11, 5))]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"lines": 5}, "number of lines"),
        ({"root": f"sha256:{'0' * 64}"}, "its hash is not"),
        ({"day": "2026-11-09"}, "says it is of 2026-11-09"),
        ({"previous": None}, "follows no root"),
        ({"parts": None}, "is no root of a day"),
        ({"root": "md5:1"}, "is no root of a day"),
        ({"day": "monday"}, "is no root of a day"),
    ],
)
def test_a_changed_root_is_found(file_store, changed, message):
    archive_of_days(file_store)
    key = f"{SECOND}root.json"
    rewrite(file_store, key, **changed)
    assert any(problem.key == key and message in problem.message for problem in check_chain(file_store))


@pytest.mark.parametrize("name", ["notes.jsonl", "x/root.json", "2026/13/99/000000000-abcdefab.jsonl"])
def test_a_stranger_among_the_manifests_is_told_and_stops_nothing(file_store, name):
    file_store.put(f"manifests/{name}", b"{}")
    roots = archive_of_days(file_store)

    assert len(roots) == 4
    assert problems(file_store) == {f"manifests/{name}": "is of no day: no crawl wrote it"}
    assert len(list(iter_entries(file_store))) == 24
    assert len(close_days(file_store, now=MONDAY + 6 * DAY)) == 0


def test_a_root_that_lists_no_part_of_ours_is_no_root(file_store):
    key = archive_of_days(file_store)[-1]
    rewrite(file_store, key, parts=[{"key": "../x", "sha256": "sha256:ab", "size": 1, "lines": 1}])

    assert problems(file_store) == {key: "lists what is no part"}
