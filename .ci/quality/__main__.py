"""The command: `python .ci/quality [newsweb|corpus|speed|ablation ...]`; all but the ablation when none is named."""

import sys
from importlib import import_module
from pathlib import Path

CI = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    sys.path[:1] = [str(CI), str(CI.parent)]  # in place of this folder, whose modules belong to the package
    sys.exit(import_module("quality.judging").main(sys.argv[1:]))
