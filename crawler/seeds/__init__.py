"""Seeds: what we know of a publication before the first crawl, one TOML file each."""

from crawler.seeds.dump import dump_seed, unverified_note, write_seed
from crawler.seeds.entries import Imported
from crawler.seeds.fetching import FetchedPage, fetch_page
from crawler.seeds.load import SeedCheck, check_seeds, load_seed, load_seeds, select_sources
from crawler.seeds.opml import import_opml
from crawler.seeds.probe import Probe, probe_source
from crawler.seeds.table import import_csv
from crawler.seeds.visiting import Visitor

__all__ = [
    "FetchedPage",
    "Imported",
    "Probe",
    "SeedCheck",
    "Visitor",
    "check_seeds",
    "dump_seed",
    "fetch_page",
    "import_csv",
    "import_opml",
    "load_seed",
    "load_seeds",
    "probe_source",
    "select_sources",
    "unverified_note",
    "write_seed",
]
