"""The site's commands: `python -m lowerbound_site COMMAND`; the Makefile calls them."""

import argparse
import sys
from pathlib import Path

from lowerbound_site.evidence.claims import EvidenceError
from lowerbound_site.writing.new import WORDS, new


def main() -> int:
    """Run one command; 0 means that all is well."""
    parser = argparse.ArgumentParser(prog="python -m lowerbound_site", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("record", help="run snippets and record what they print").add_argument("names", nargs="*")
    commands.add_parser("record-instruments", help="record the first pictures of the instruments on the pages")
    commands.add_parser("stage", help="serve the instruments alone, as their sources are, to work on them")
    check = commands.add_parser("check", help="check one claim or page, or else what changed since main")
    check.add_argument("--claim")
    check.add_argument("--page")
    started = commands.add_parser(
        "new", help="start a claim, an instrument, an explanation, an exercise, a trap, a question"
    )
    for word, meaning in WORDS.items():
        started.add_argument(f"--{word}", help=meaning, default="")
    commands.add_parser("build", help="build the site").add_argument("--out", type=Path, default=Path("site"))
    commands.add_parser("serve", help="serve the site on loopback, and show what is saved")
    commands.add_parser("refresh", help="build the site that `serve` keeps, where something has changed")
    commands.add_parser("train", help="train the model and run the experiments whose records are not up to date")
    lowest = commands.add_parser("lowest", help="run programs with the lowest versions that the wheel admits")
    lowest.add_argument("names", nargs="*")
    seeds = commands.add_parser("seeds", help="run claims with other seeds, and record how often an assert fails")
    seeds.add_argument("--claim", action="append", default=[])
    seeds.add_argument("--count", type=int, default=20, help="how many seeds that were not tried yet (20)")
    seeds.add_argument("--first", type=int, default=1, help="the lowest of them, in thousands (1)")
    seeds.add_argument("--scheduler", help="the address of a dask cluster; else this machine's processors are used")
    seeds.add_argument("--print", type=int, metavar="SHIFT", help="only print the claim's program with these seeds")
    commands.add_parser("lighthouse", help="measure some pages of the built site with Lighthouse")
    commands.add_parser("zensical", help="build the Markdown pages with Zensical, Material's successor")
    fonts = commands.add_parser("fonts", help="cut the site's fonts out of their packages")
    fonts.add_argument("folder", type=Path, help="holds source-serif-4/, ibm-plex-mono/ and stix-two-math/")
    commands.add_parser("chromium", help="find or install a Chromium, and print its path")
    chosen = parser.parse_args()
    try:
        return _run(chosen)
    except EvidenceError as error:
        print(error, file=sys.stderr)
        return 1


def _claim(word: str) -> str:
    """A claim's name, also where its file is named: x, x.py or snippets/x.py."""
    return Path(word).stem


def _run(chosen: argparse.Namespace) -> int:
    # Each command imports what it needs: `new` and `chromium` start at once.
    match chosen.command:
        case "record":
            from lowerbound_site.evidence.record import record

            complaints = record([_claim(name) for name in chosen.names])
            print(*complaints, sep="\n", file=sys.stderr, end="\n" if complaints else "")
            return 1 if complaints else 0
        case "record-instruments":
            from lowerbound_site.writing.record_instruments import record_instruments

            record_instruments()
        case "stage":
            from lowerbound_site.writing.stage import stage

            stage()
        case "check":
            from lowerbound_site.writing.check import check, check_changes, check_page

            if chosen.page:
                return 0 if check_page(chosen.page) else 1
            return 0 if (check(_claim(chosen.claim)) if chosen.claim else check_changes()) else 1
        case "new":
            print(new(vars(chosen)))
        case "build":
            from lowerbound_site.publish.build import build
            from lowerbound_site.trained.instrument_data import torch_is_left_out

            if torch_is_left_out():
                raise EvidenceError("a site that is published needs torch; build it without TORCH=no")
            build(chosen.out)
        case "serve":
            from lowerbound_site.writing.serve import serve

            serve()
        case "refresh":
            from lowerbound_site.publish.build import refresh

            refresh()
        case "train":
            from lowerbound_site.trained import digits, experiments, free, model, walks

            for part in (digits, model, experiments, walks, free):
                part.main()
        case "lowest":
            from lowerbound_site.measure.lowest import lowest

            return 0 if lowest([_claim(name) for name in chosen.names]) else 1
        case "seeds":
            from lowerbound_site.measure.seeds import program, sweep

            names = [_claim(name) for name in chosen.claim]
            if chosen.print is not None:
                print(*(program(name, chosen.print) for name in names), sep="\n", end="")
                return 0
            return 0 if sweep(names, chosen.count, chosen.first, chosen.scheduler) else 1
        case "lighthouse":
            from lowerbound_site.measure.lighthouse import lighthouse

            lighthouse()
        case "zensical":
            from lowerbound_site.measure.zensical import report

            return 0 if report() else 1
        case "fonts":
            from lowerbound_site.publish.fonts import cut_all

            cut_all(chosen.folder)
        case "chromium":
            from lowerbound_site.publish.chromium import ensure_chromium

            print(ensure_chromium())
    return 0


if __name__ == "__main__":
    sys.exit(main())
