from pipelines.boilerplate.corrections import keep_corrections
from pipelines.model import Article, Block, RemovedBlock

NOTE = "Correction: An earlier version of this article gave the wrong year."


def removed(text, category):
    return RemovedBlock(block=Block(text=text), position=0, rule="some-rule", category=category)


def test_a_note_that_was_cut_as_a_correction_is_kept_once():
    article = Article(url="https://a.example/x", removed=(removed(NOTE, "correction"), removed(NOTE, "correction")))
    assert keep_corrections(article).corrections == (NOTE,)


def test_other_blocks_that_were_cut_are_no_corrections():
    assert keep_corrections(Article(url="https://a.example/x", removed=(removed("Share", "share"),))).corrections == ()
