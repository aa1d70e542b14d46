"""Judges newskeep against the corpora beside the project, and holds the bounds of .ci/floors.toml.

`python .ci/quality` runs all but the ablation; see docs/extraction.md for what the figures mean.
"""
