"""Write the pages of the newest version below ``docs/methodology``."""

from pathlib import Path

from services.methodology.publication import pages
from services.methodology.version import load

TARGET = Path(__file__).parents[3] / "docs" / "methodology"

if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in pages(load()).items():
        (TARGET / name).write_text(text, encoding="utf-8")
        print(f"docs/methodology/{name}")
