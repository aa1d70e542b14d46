"""Extracts every page of the corpus by `scrapy extract`, and says how good the articles are and where they are not."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from quality.losses import Loss, captions_kept, lost_beside, measure_loss, rule_table, rules_by_category
from quality.places import BOUNDS, CORPUS, Figures, Row, run, write_lines
from quality.report import columns
from quality.scorer import (
    NEWS_GOLD,
    junk_classes,
    load_scorer,
    load_truths,
    news_gold,
    score_pages,
    summarise_by,
    table_of,
    to_prediction,
)
from quality.trafilatura_alone import read_alone

WORST = 8
RULES_SHOWN = 15
EAST_ASIAN = {"ja": "Japanese", "ko": "Korean", "zh": "Chinese"}
MOST_LOST = 0.2
"""Share of its true words that no page may lose to what we add to trafilatura."""


def judge_corpus(folder: Path) -> Figures:
    """Return the figures that have bounds; print tables by source, language, class, rule, and the worst pages."""
    truths = load_truths()
    documents = extract_pages(truths, folder)
    texts = {page: document.get("articleBody") or "" for page, document in documents.items()}
    predictions = {page: to_prediction(page, document) for page, document in documents.items()}
    write_lines(folder / "predictions.jsonl", predictions.values())
    pages = score_pages(predictions, truths)
    gold = news_gold(pages)
    losses = [
        measure_loss(truth, texts[truth["id"]], documents[truth["id"]].get("newskeep", {}).get("removed", ()))
        for truth in truths
        if truth.get("body")
    ]
    alone = read_alone(loss.page for loss in losses)
    beside = {
        loss.page["id"]: lost_beside(loss.page, texts[loss.page["id"]], alone[loss.page["id"]]) for loss in losses
    }
    sources = _by_source(pages)
    _print_groups(pages, sources)
    _print_classes(gold, losses)
    _print_worst(pages, losses, beside)
    return {
        **_chosen_figures(sources),
        **_language_figures(pages),
        "captions and credits kept": captions_kept(texts, truths),
        **_loss_figures(losses, beside),
    }


def extract_pages(truths: Sequence[Row], folder: Path) -> dict[str, Row]:
    """Return page id -> the document that `scrapy extract` prints for it, or its `error`."""
    paths = {truth["id"]: str(CORPUS / "pages" / f"{truth['id']}.html.gz") for truth in truths}
    write_lines(folder / "pages.jsonl", ({"path": paths[truth["id"]], "url": truth["url"]} for truth in truths))
    lines = run(["extract", "--list", str(folder / "pages.jsonl")]).splitlines()
    (folder / "documents.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    by_path = {document["path"]: document for document in map(json.loads, lines)}
    return {page: by_path[path] for page, path in paths.items()}


def _by_source(pages: Sequence[Row]) -> dict[str, Row]:
    groups = summarise_by(pages, lambda truth: truth["source"])
    return groups | {
        "news-gold": load_scorer().summarise(news_gold(pages)),
        "all": load_scorer().summarise(list(pages)),
    }


def _print_groups(pages: Sequence[Row], sources: Mapping[str, Row]) -> None:
    print(f"\nby source\n{table_of(sources)}")
    bodies = summarise_by(pages, lambda truth: str(truth["lang"]) if truth.get("body") else None)
    print(f"\nby language, pages whose whole text is known\n{table_of(bodies)}")
    gold = summarise_by(news_gold(pages), lambda truth: str(truth["lang"]))
    print(f"\nby language, news-gold\n{table_of(gold)}")


def _print_classes(gold: Sequence[Row], losses: Sequence[Loss]) -> None:
    head = ("class", "lines", "words", "pages", "of all words")
    print(columns("junk lines of news-gold by class", head, junk_classes(gold)))
    kinds = ("category", "lines cut", "true words among them")
    print(columns("cut lines by category", kinds, rules_by_category(losses)))
    rules = ("rule", "category", "lines cut", "with true words", "true words")
    news = [loss for loss in losses if loss.page["source"] in NEWS_GOLD]
    for name, judged in (("news-gold", news), ("all pages", losses)):
        print(columns(f"the {RULES_SHOWN} rules that cost most, {name}", rules, rule_table(judged)[:RULES_SHOWN]))


def _print_worst(pages: Sequence[Row], losses: Sequence[Loss], beside: Mapping[str, float]) -> None:
    scored = [page for page in pages if "f" in page]
    lowest = sorted(scored, key=lambda page: page["f"])[:WORST]
    print(
        columns(
            "lowest F1",
            ("page", "F1", "P", "R", "language", "host"),
            ((page["id"], page["f"], page["p"], page["r"], *_origin(page["truth"])) for page in lowest),
        )
    )
    junk = {page["id"]: sum(count for *_, count in page["junk"]) for page in scored}
    most = sorted(scored, key=lambda page: -junk[page["id"]])[:WORST]
    print(
        columns(
            "most words in junk lines",
            ("page", "words", "lines", "language", "host"),
            ((page["id"], junk[page["id"]], len(page["junk"]), *_origin(page["truth"])) for page in most),
        )
    )
    lost = sorted(losses, key=lambda loss: -loss.share)[:WORST]
    print(
        columns(
            "most true words cut",
            ("page", "share", "words", "mostly by", "language", "host"),
            ((loss.page["id"], loss.share, loss.true_words, _costliest(loss), *_origin(loss.page)) for loss in lost),
        )
    )
    behind = sorted(losses, key=lambda loss: -beside[loss.page["id"]])[:WORST]
    print(
        columns(
            "most true words that trafilatura alone has",
            ("page", "share", "language", "host"),
            ((loss.page["id"], beside[loss.page["id"]], *_origin(loss.page)) for loss in behind),
        )
    )


def _origin(truth: Row) -> tuple[str, str]:
    return str(truth["lang"]), str(truth["host"])


def _costliest(loss: Loss) -> str:
    words: Counter[str] = Counter()
    for cut in loss.cuts:
        words[cut.rule] += cut.true_words
    return words.most_common(1)[0][0] if words else "-"


def _chosen_figures(sources: Mapping[str, Row]) -> Figures:
    """Return the scorer's figures that .ci/floors.toml asks for, by group."""
    return {
        f"{group} {name}": sources[group][name] for group, names in BOUNDS["corpus-figures"].items() for name in names
    }


def _language_figures(pages: Iterable[Row]) -> Figures:
    groups = summarise_by(pages, lambda truth: EAST_ASIAN.get(truth["lang"]) if truth.get("body") else None)
    return {f"{language} f1": summary["f1"] for language, summary in groups.items()}


def _loss_figures(losses: Sequence[Loss], beside: Mapping[str, float]) -> Figures:
    return {
        "true words cut, most on a page": max(loss.share for loss in losses),
        "pages with over 20 % of true words cut": sum(loss.share > MOST_LOST for loss in losses),
        "pages with over 20 % of true words that trafilatura alone has": sum(
            share > MOST_LOST for share in beside.values()
        ),
        "true words cut, mean of pages": sum(loss.share for loss in losses) / len(losses),
    }
