"""Formats that are pictures and one list of texts per split: most trainers of lines.

| name | list | a row |
|---|---|---|
| `paddleocr` | `rec_gt_train.txt`, `dict.txt` | picture, tab, text |
| `loghi` | `train.txt` | picture, tab, text |
| `pylaia` | `train.txt`, `syms.txt` | name, its text in symbols, `<space>` |
| `easyocr` | `train/labels.csv` | filename, words |
| `doctr` | `train/labels.json` | name of the picture: text |
"""

import csv
import io
import json
from collections.abc import Sequence

from scribe.factory.formats.format import Format, by_split, join_parts
from scribe.factory.pictures import encoded
from scribe.factory.receipts import Receipt, part_path
from scribe.factory.samples import Sample
from scribe.factory.store import Store

_LIST, _CHARACTERS = "list.txt", "characters.json"


class TextList(Format):
    """Pictures in folders by shard, one row of text each, and all characters."""

    def picture(self, split: str, shard: int, sample: Sample) -> str:
        """The path of a picture."""
        return f"{split}/{shard:05d}/{sample.name}.png"

    def row(self, path: str, text: str) -> str:
        """A row of the list, with what ends it."""
        return f"{path}\t{text}\n"

    def list_path(self, split: str) -> str:
        return f"{split}.txt"

    def files(self, shard, split, samples):
        rows, characters = [], set()
        for sample in samples:
            path = self.picture(split, shard, sample)
            yield path, encoded(sample.image, "png")
            text = " ".join(sample.text.split())
            rows.append(self.row(path, text))
            characters |= set(text)
        yield part_path(shard, _LIST), "".join(rows).encode()
        found = json.dumps(sorted(characters), ensure_ascii=False)
        yield part_path(shard, _CHARACTERS), found.encode()

    def finish(self, store, receipts, facts):
        for split, own in by_split(receipts).items():
            join_parts(store, own, _LIST, self.list_path(split), self.head())
        found = set()
        for receipt in receipts:
            found |= set(json.loads(store.read(part_path(receipt.shard, _CHARACTERS))))
        for path, data in self.of_characters(sorted(found)):
            store.write(path, data)

    def head(self) -> bytes:
        return b""

    def of_characters(self, characters: Sequence[str]) -> list[tuple[str, bytes]]:
        """Files that list the characters."""
        return []


class PaddleOcr(TextList):
    """PaddleOCR's SimpleDataSet, and its dictionary of characters."""

    name = "paddleocr"

    def list_path(self, split):
        return f"rec_gt_{split}.txt"

    def of_characters(self, characters):
        rows = [f"{character}\n" for character in characters if character != " "]
        return [("dict.txt", "".join(rows).encode())]


class Loghi(TextList):
    """Loghi's lists of lines."""

    name = "loghi"


class PyLaia(TextList):
    """PyLaia's text tables and its table of symbols, the blank of CTC first."""

    name = "pylaia"

    def row(self, path, text):
        symbols = [_symbol(character) for character in text]
        return f"{path.removesuffix('.png')} {' '.join(symbols)}\n"

    def of_characters(self, characters):
        symbols = [_symbol(character) for character in characters]
        rows = [f"{symbol} {i}\n" for i, symbol in enumerate(["<ctc>", *symbols])]
        return [("syms.txt", "".join(rows).encode())]


def _symbol(character: str) -> str:
    return "<space>" if character == " " else character


class EasyOcr(TextList):
    """EasyOCR's trainer: one folder of pictures and labels.csv a split."""

    name = "easyocr"

    def picture(self, split, shard, sample):
        return f"{split}/{sample.name}.png"

    def row(self, path, text):
        table = io.StringIO(newline="")
        csv.writer(table, lineterminator="\n").writerow([path.split("/")[-1], text])
        return table.getvalue()

    def list_path(self, split):
        return f"{split}/labels.csv"

    def head(self):
        return b"filename,words\n"


class DocTr(TextList):
    """docTR's recognition data set: train/images and train/labels.json."""

    name = "doctr"

    def picture(self, split, shard, sample):
        return f"{split}/images/{sample.name}.png"

    def row(self, path, text):
        entry = json.dumps({path.split("/")[-1]: text}, ensure_ascii=False)
        return f"{entry[1:-1]},\n"

    def finish(self, store: Store, receipts: Sequence[Receipt], facts) -> None:
        for split, own in by_split(receipts).items():
            with store.writing(f"{split}/labels.json") as file:
                file.write(b"{\n")
                for receipt in own:
                    rows = store.read(part_path(receipt.shard, _LIST)) or b""
                    last = receipt is own[-1]
                    file.write(rows[:-2] + b"\n" if last and rows else rows)
                file.write(b"}\n")
