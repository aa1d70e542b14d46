"""Crawls the small internet with nothing but names and home pages, and has its judge look at the result."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quality.places import BOUNDS, CORPUS, SHARED, Figures, Row, run, write_lines


def judge_newsweb(folder: Path) -> Figures:
    """Return the judge's figures on a crawl."""
    options = BOUNDS["newsweb-world"]
    world = ["--pages", str(CORPUS), *options["options"]]
    truth = json.loads(run(["-m", "newsweb", "truth", *world], cwd=SHARED, python=True))
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    seeds = json.loads(run(["-m", "newsweb", "seeds", *world], cwd=SHARED, python=True))
    rows = [f'"{seed["name"]}","{seed["url"]}"' for seed in seeds]
    (folder / "seeds.csv").write_text("\n".join(["name,url", *rows]) + "\n", encoding="utf-8")
    with serve(world, folder / "access.jsonl") as port:
        environment = os.environ | {
            "NEWSKEEP_SEEDS_DIR": str(folder / "seeds"),
            "NEWSKEEP_ARCHIVE_URL": f"file:{folder / 'archive'}",
            "NEWSKEEP_CATALOG_URL": f"sqlite:///{folder / 'catalog.sqlite'}",
            "NEWSKEEP_SPOOL_DIR": str(folder / "spool"),
            "NEWSKEEP_CONTACT": "https://newskeep.example/bot",
            "http_proxy": f"http://127.0.0.1:{port}",
        }
        run(["seeds", "import", str(folder / "seeds.csv"), "--to", str(folder / "seeds")], env=environment)
        print(run(["crawl", "news", *options["crawl"]], env=environment))
        lines = run(["export", "--format", "jsonl"], env=environment).splitlines()
    write_lines(folder / "articles.jsonl", (to_record(json.loads(line)) for line in lines))
    files = [f"--{name.partition('.')[0]}={folder / name}" for name in ("truth.json", "articles.jsonl")]
    judged = ["-m", "newsweb", "judge", f"--log={folder / 'access.jsonl'}", *files, f"--json={folder / 'report.json'}"]
    print(run(judged, cwd=SHARED, python=True))
    return newsweb_figures(json.loads((folder / "report.json").read_text(encoding="utf-8")))


def to_record(document: Row) -> Row:
    """Return a document as the judge wants it."""
    return {
        "url": document["url"],
        "title": document.get("headline"),
        "text": document.get("articleBody"),
        "published": document.get("datePublished"),
        "credits": [image["creditText"] for image in document.get("image", []) if "creditText" in image],
    }


def newsweb_figures(judged: Row) -> Figures:
    """Return the judge's report as the figures that have bounds."""

    def share(text: str) -> float:
        part, _, whole = text.partition("/")
        return int(part) / max(1, int(whole))

    wrong, polite, text = judged["wrongly_archived"], judged["politeness"], judged["text"]
    return {
        "coverage": judged["coverage"]["share"],
        "forbidden or reserved archived": wrong["forbidden"] + wrong["reserved"],
        "broken or junk archived": wrong["broken"] + wrong["junk"],
        "unknown pages archived": wrong["unknown_urls"],
        "robots violations": polite["robots_violations"] + polite["fetched_while_robots_503"],
        "crawl-delay violations": polite["crawl_delay_violations"],
        "requests per found article": judged["cost"]["per_found_article"],
        "duplicates": judged["duplicates"]["records_beyond_one_per_version"],
        "F1 synthetic": text["f1_synthetic"],
        "F1 corpus": text["f1_corpus"],
        "furniture left": share(text["furniture_left"]),
        "articles without residue": share(text["articles_without_residue"]),
        "traps removed": share(text["traps_removed"]),
        "credits found": share(judged["metadata"]["credits"]),
        "dates": share(judged["metadata"]["dates"]),
        "titles": share(judged["metadata"]["titles_exact"]),
    }


@contextmanager
def serve(world: list[str], log: Path) -> Iterator[int]:
    """Run the small internet; give its port."""
    command = [sys.executable, "-m", "newsweb", *world, "--port", "0", "--log", str(log)]
    with subprocess.Popen(command, cwd=SHARED, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["port"]
        finally:
            server.terminate()
