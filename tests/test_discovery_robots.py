import pytest

from crawler.discovery import RobotsPolicy, policy_for_status

SITE = "https://example.com"


def allows(robots, path, agent="newskeep"):
    body = robots if isinstance(robots, bytes) else robots.encode()
    return RobotsPolicy.parse(body).allows(SITE + path, agent)


SIMPLE = """User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot"""


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("foobot", "/", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/allowed.gif", True),
        ("foobot", "/publications/", False),
        ("barbot", "/example/page.html", False),
        ("barbot", "/example/allowed.gif", True),
        ("bazbot", "/example/page.html", False),
        ("quxbot", "/example/page.html", True),
        ("otherbot", "/example/page.html", False),
        ("otherbot", "/image.gif", False),
        ("otherbot", "/image.gif?x", True),
        ("otherbot", "/publications/", True),
    ],
)
def test_the_simple_example_of_rfc_9309_5_1(agent, path, allowed):
    assert allows(SIMPLE, path, agent) is allowed


def test_the_longest_match_wins_as_in_rfc_9309_5_2():
    robots = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
    assert allows(robots, "/example/page/", "foobot")
    assert not allows(robots, "/example/page/disallowed.gif", "foobot")


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        ("/foo/bar/U+E38384", "/foo/bar/U+E38384"),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84"),
    ],
)
def test_percent_encoding_is_equivalent_as_in_rfc_9309_2_2_2(rule, path):
    assert not allows(f"User-agent: *\nDisallow: {rule}", path)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /", "/", False),
        ("Disallow:", "/a", True),
        ("Disallow: /private/", "/private", True),
        ("Disallow: /private/", "/private/a", False),
        ("Disallow: /*.pdf$", "/a/b.pdf", False),
        ("Disallow: /*.pdf$", "/a/b.pdf?x", True),
        ("Disallow: /*?print=", "/a?print=1", False),
        ("Disallow: /a*b*c", "/a1b2c3", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Allow: /private/press-\nDisallow: /private/", "/private/press-1", True),
        ("Disallow: /a # why", "/a", False),
        ("disallow : /a", "/a", False),
        ("Disalow: /a", "/a", False),
        ("Disallow: /A", "/a", True),
        ("Noindex: /a", "/a", True),
    ],
)
def test_rules_are_matched(rules, path, allowed):
    assert allows(f"User-agent: *\n{rules}\n", path) is allowed


@pytest.mark.parametrize(
    "agent_line",
    [
        "newskeep",
        "NewsKeep",
        "NEWSKEEP/1.0",
        "newskeep # us",
        "other\nUser-agent: newskeep",
        "newskeep\nSitemap: https://a.example/x",
    ],
)
def test_our_group_is_found(agent_line):
    robots = f"User-agent: *\nDisallow:\n\nUser-agent: {agent_line}\nDisallow: /a\n"
    assert not allows(robots, "/a")
    assert not allows(robots, "/a", "newskeep/0.1 (+https://example.org; news@example.org)")


@pytest.mark.parametrize("name", ["news", "keep", "newskeeper", "the-newskeep", "new"])
def test_another_robots_group_is_not_ours(name):
    assert allows(f"User-agent: {name}\nDisallow: /\n", "/a")


def test_groups_of_one_robot_are_one():
    robots = "User-agent: newskeep\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: newskeep\nDisallow: /b\n"
    assert [allows(robots, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_other_records_do_not_part_a_group():
    others = "Crawl-delay: 5\nSitemap: https://example.com/s.xml\nHost: x"
    assert not allows(f"User-agent: newskeep\n{others}\nUser-agent: other\nDisallow: /a\n", "/a")


def test_rules_before_any_group_belong_to_nobody():
    assert allows("Disallow: /\nUser-agent: *\nDisallow: /a\n", "/b")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", " \t\r\n"])
def test_every_line_end_and_a_byte_order_mark_are_read(end):
    body = b"\xef\xbb\xbf" + end.join(["User-agent: *", "Disallow: /a", "Allow: /b", ""]).encode()
    assert not allows(body, "/a")


def test_only_the_first_500_kib_count():
    padding = b"#" * (500 * 1024 - 40)
    late = b"User-agent: *\nDisallow: /a\n" + padding + b"\nDisallow: /late-and-cut-in-the-middle-of-it\n"
    assert not allows(late, "/a")
    assert allows(late, "/late-and-cut-in-the-middle-of-it")
    assert allows(late, "/l")


@pytest.mark.parametrize(
    "body",
    [b"", b"\0\xff\xfe", b"<html><body>Not here</body></html>", b"User-agent\nDisallow", b"User-agent: \nDisallow: /"],
)
def test_what_says_nothing_forbids_nothing(body):
    assert allows(body, "/a")


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 2.5\nDisallow: /x", 2.5),
        ("User-agent: *\nDisallow: /x\nCrawl-delay: 3", 3),
        ("User-agent: *\nCrawl-delay: 9\nDisallow:\n\nUser-agent: newskeep\nCrawl-delay: 1\nDisallow:", 1),
        ("User-agent: *\nCrawl-delay: 9\nDisallow:\n\nUser-agent: newskeep\nDisallow:", None),
        ("User-agent: other\nCrawl-delay: 9\nDisallow:", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: *\nCrawl-delay: -1", None),
    ],
)
def test_the_crawl_delay_is_that_of_our_group(robots, delay):
    assert RobotsPolicy.parse(robots.encode()).crawl_delay("newskeep/0.1") == delay


def test_sitemaps_are_told():
    assert RobotsPolicy.parse(b"Sitemap: https://example.com/s.xml").sitemaps == ("https://example.com/s.xml",)


def test_without_a_file_all_is_allowed_or_denied():
    assert RobotsPolicy.allow_all("404").allows(f"{SITE}/a", "newskeep")
    denied = RobotsPolicy.deny_all("503")
    assert not denied.allows(f"{SITE}/a", "newskeep")
    assert (denied.reason, denied.crawl_delay("newskeep")) == ("503", None)


@pytest.mark.parametrize(
    ("status", "policy"),
    [
        (200, "parse"),
        (206, "parse"),
        (301, "allow"),
        (308, "allow"),
        (401, "allow"),
        (403, "allow"),
        (404, "allow"),
        (410, "allow"),
        (429, "deny"),
        (500, "deny"),
        (503, "deny"),
        (599, "deny"),
        (0, "deny"),
    ],
)
def test_the_status_decides_what_a_robots_txt_means(status, policy):
    assert policy_for_status(status) == policy
