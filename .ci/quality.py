"""Judge newskeep against the corpora beside the project, and hold the floors of .ci/floors.toml.

    python .ci/quality.py [newsweb] [corpus]

Without ../shared (or without one part of it) that part is skipped, and says so.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SCRAPY = str(ROOT / ".venv" / "bin" / "scrapy")
FLOORS = tomllib.loads((ROOT / ".ci" / "floors.toml").read_text(encoding="utf-8"))
Figures = dict[str, float]


def main(parts: list[str]) -> int:
    """Run the parts named (all by default); return 1 when a floor is broken."""
    broken = 0
    for name, judge in (("newsweb", judge_newsweb), ("corpus", judge_corpus)):
        if parts and name not in parts:
            continue
        if not (SHARED / name).is_dir():
            print(f"{name}: skipped, there is no {SHARED / name}")
            continue
        with workplace(name) as folder:
            began = time.monotonic()
            figures = judge(folder)
            print(f"\n{name}, {time.monotonic() - began:.0f} s")
            broken += report(figures, FLOORS[name])
    return int(broken > 0)


@contextmanager
def workplace(name: str) -> Iterator[Path]:
    """Give a folder to work in: a temporary one, or one that stays in QUALITY_KEEP."""
    if keep := os.environ.get("QUALITY_KEEP"):
        folder = Path(keep, name)
        folder.mkdir(parents=True)
        yield folder
    else:
        with tempfile.TemporaryDirectory(prefix=f"newskeep-{name}-") as temporary:
            yield Path(temporary)


def report(figures: Figures, floors: dict[str, dict[str, float]]) -> int:
    """Print each figure with its bound; return how many bounds are broken."""
    broken = 0
    for name, value in figures.items():
        bound = floors.get(name, {})
        low, high = bound.get("min", float("-inf")), bound.get("max", float("inf"))
        holds = low <= value <= high
        broken += not holds
        limits = ", ".join(f"{key} {value:g}" for key, value in bound.items())
        print(f"  {name:<34} {value:>9.4f}  {limits:<16} {'' if holds else 'BROKEN'}")
    for name in floors.keys() - figures.keys():
        print(f"  {name:<34} is missing  BROKEN")
        broken += 1
    return broken


def judge_newsweb(folder: Path) -> Figures:
    """Crawl the small internet with nothing but names and home pages; return the judge's figures."""
    world = ["--pages", str(SHARED / "corpus"), *FLOORS["newsweb-world"]["options"]]
    truth = json.loads(run(["-m", "newsweb", "truth", *world], cwd=SHARED, python=True))
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    seeds = json.loads(run(["-m", "newsweb", "seeds", *world], cwd=SHARED, python=True))
    rows = [f'"{seed["name"]}","{seed["url"]}"' for seed in seeds]
    (folder / "seeds.csv").write_text("\n".join(["name,url", *rows]) + "\n", encoding="utf-8")
    with serve(world, folder / "access.jsonl") as port:
        settings = {
            "NEWSKEEP_SEEDS_DIR": str(folder / "seeds"),
            "NEWSKEEP_ARCHIVE_URL": f"file:{folder / 'archive'}",
            "NEWSKEEP_CATALOG_URL": f"sqlite:///{folder / 'catalog.sqlite'}",
            "NEWSKEEP_SPOOL_DIR": str(folder / "spool"),
            "NEWSKEEP_CONTACT": "https://newskeep.example/bot",
            "http_proxy": f"http://127.0.0.1:{port}",
        }
        environment = os.environ | settings
        run(["seeds", "import", str(folder / "seeds.csv"), "--to", str(folder / "seeds")], env=environment)
        print(run(["crawl", "news", *FLOORS["newsweb-world"]["crawl"]], env=environment))
        lines = run(["export", "--format", "jsonl"], env=environment).splitlines()
    records = [to_record(json.loads(line)) for line in lines]
    (folder / "articles.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    files = [f"--{name.partition('.')[0]}={folder / name}" for name in ("truth.json", "articles.jsonl")]
    judged = ["-m", "newsweb", "judge", f"--log={folder / 'access.jsonl'}", *files, f"--json={folder / 'report.json'}"]
    print(run(judged, cwd=SHARED, python=True))
    return newsweb_figures(json.loads((folder / "report.json").read_text(encoding="utf-8")))


def to_record(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as the judge wants it."""
    return {
        "url": document["url"],
        "title": document.get("headline"),
        "text": document.get("articleBody"),
        "published": document.get("datePublished"),
        "credits": [image["creditText"] for image in document.get("image", []) if "creditText" in image],
    }


def newsweb_figures(judged: dict[str, Any]) -> Figures:
    """Return the judge's report as the figures that have floors."""

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


def judge_corpus(folder: Path) -> Figures:
    """Extract every page of the corpus; return the scorer's figures by source."""
    corpus = SHARED / "corpus"
    rows = [json.loads(line) for line in (corpus / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    ids = {str(corpus / "pages" / f"{row['id']}.html.gz"): row["id"] for row in rows}
    urls = {str(corpus / "pages" / f"{row['id']}.html.gz"): row["url"] for row in rows}
    listed = "".join(json.dumps({"path": path, "url": urls[path]}) + "\n" for path in ids)
    (folder / "pages.jsonl").write_text(listed, encoding="utf-8")
    lines = run(["extract", "--format", "jsonl", "--list", str(folder / "pages.jsonl")]).splitlines()
    predictions = [to_prediction(ids, json.loads(line)) for line in lines]
    (folder / "predictions.jsonl").write_text(
        "".join(json.dumps(prediction) + "\n" for prediction in predictions), encoding="utf-8"
    )
    score = [str(corpus / "score.py"), str(corpus), "--pred", str(folder / "predictions.jsonl"), "--by", "source"]
    print(run(score, python=True))
    groups = json.loads(run([*score, "--json"], python=True))
    return corpus_figures(groups)


def to_prediction(ids: dict[str, str], document: dict[str, Any]) -> dict[str, Any]:
    """Return a document, or a page without one, as the scorer wants it."""
    return {
        "id": ids[document["path"]],
        "text": document.get("articleBody"),
        "title": document.get("headline"),
        "authors": [author["name"] for author in document.get("author", [])],
        "date": (document.get("datePublished") or "")[:10] or None,
    }


def corpus_figures(groups: Any) -> Figures:
    """Return the scorer's report as the figures that have floors."""
    return {
        f"{group} {name}": values[name]
        for group, values in groups.items()
        for name in FLOORS["corpus-figures"].get(group, [])
    }


def run(words: list[str], *, python: bool = False, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Return what a command prints; end with its error when it fails."""
    command = [sys.executable if python else SCRAPY, *words]
    done = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
