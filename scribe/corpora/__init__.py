"""From a corpus as distributed to batches.

A corpus reader yields lines, which are kept in one form for all (`prepared`); `dataset`
makes batches of them. To read a corpus of your own, write a class like this in any
module and pass `--format=my_module:MyCorpus` (data/README.md has it in full):

    class MyCorpus(Reader):
        name = "my_corpus"

        def samples(self):
            for path in self.folder.glob("*.json"):
                page = json.loads(path.read_text())
                strokes = strokes_from_points(page["points"], page["pen_lifts"])
                yield None, Line(strokes, page["text"], path.stem, page["writer"])

`Reader` does the rest (see its docstring). A class that is to be part of this package
gets a line in `formats.READERS`.
"""

from scribe.corpora.corpus_reader import Reader
from scribe.corpora.prepared import Line, load_description, load_lines, save_corpus

__all__ = ["Line", "Reader", "load_description", "load_lines", "save_corpus"]
