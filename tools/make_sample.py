"""Write the sample input of a workplace: `python tools/make_sample.py wenzhou`.

Everything in it is invented. The same command always writes the same bytes, so
the sample can be committed and a change to it can be read in a diff.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from samples import devreform, jining, wenzhou

ROOT = Path(__file__).resolve().parent.parent

Sample = Callable[[], Mapping[str, bytes]]

EXAMPLES = ROOT / "examples"
SAMPLES: Mapping[str, tuple[Path, Sample]] = {
    "development-reform": (EXAMPLES / "development-reform", devreform.files),
    "jining": (EXAMPLES / "jining-commerce", jining.files),
    "wenzhou": (ROOT, wenzhou.files),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one sample and say how many files it has and which files are not part of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("workplace", choices=sorted(SAMPLES))
    parser.add_argument("--into", type=Path, help="a workplace folder other than the usual one")
    chosen = parser.parse_args(arguments)

    usual, sample = SAMPLES[chosen.workplace]
    folder = (chosen.into or usual) / "input"
    files = sample()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    sys.stdout.write(f"{len(files)} files in {folder}\n")
    for stranger in strangers(folder, files):
        sys.stdout.write(f"not part of the sample: {stranger}\n")
    return 0


def strangers(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Workbooks in `folder` that the sample did not write: left by an older sample or by hand."""
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.xlsx")}
    return sorted(present - set(files))


if __name__ == "__main__":
    raise SystemExit(main())
