"""Write the pages of every published version below ``docs/methodology``."""

from pathlib import Path

from services.methodology.publication import documents

TARGET = Path(__file__).parents[3] / "docs" / "methodology"

if __name__ == "__main__":
    for name, text in documents().items():
        place = TARGET / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        print(f"docs/methodology/{name}")
