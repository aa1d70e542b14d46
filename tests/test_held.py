from crawler.held import HeldCandidates
from pipelines.model import Candidate, Channel

FOUND = [Candidate(url="https://a.example/1", source="a", channel=Channel.HOME, found_on="https://a.example/")]


def test_candidates_wait_until_the_last_page_is_read():
    held = HeldCandidates()
    for _ in range(3):
        held.expect("a")
    held.hold("a", FOUND)

    assert [held.release("a"), held.release("a"), held.release("a")] == [[], [], FOUND]
    assert held.release("a") == []


def test_one_source_does_not_wait_for_another():
    held = HeldCandidates()
    held.expect("a")
    held.expect("b")
    held.hold("a", FOUND)

    assert held.release("a") == FOUND
