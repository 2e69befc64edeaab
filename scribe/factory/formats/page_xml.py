"""PAGE XML (PRImA, 2019-07-15) and ALTO 4, for kraken, eScriptorium and Transkribus.

train/00000/00000-000000.png
train/00000/00000-000000.xml   regions, lines with baselines, words, glyphs
"""

from xml.etree import ElementTree as xml

from scribe.factory.formats.format import Format
from scribe.factory.labels import LineLabel
from scribe.factory.pictures import encoded
from scribe.factory.samples import Sample

_PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
# PAGE asks for a time; equal data sets have equal bytes, so it is always this one.
_TIME = "2000-01-01T00:00:00"


class _Xml(Format):
    def files(self, shard, split, samples):
        for sample in samples:
            stem = f"{split}/{shard:05d}/{sample.name}"
            yield f"{stem}.png", encoded(sample.image, "png")
            tree = self.document(sample)
            xml.indent(tree)
            yield f"{stem}.xml", xml.tostring(tree, "utf-8", xml_declaration=True)

    def document(self, sample: Sample) -> xml.Element:
        raise NotImplementedError


class PageXml(_Xml):
    """PAGE: a region for each paragraph."""

    name = "page_xml"

    def document(self, sample):
        height, width = sample.image.shape[:2]
        root = xml.Element("PcGts", xmlns=_PAGE)
        facts = xml.SubElement(root, "Metadata")
        xml.SubElement(facts, "Creator").text = "scribe"
        for name in ("Created", "LastChange"):
            xml.SubElement(facts, name).text = _TIME
        page = xml.SubElement(
            root, "Page", imageFilename=f"{sample.name}.png",
            imageWidth=str(width), imageHeight=str(height),
        )  # fmt: skip
        order = xml.SubElement(page, "ReadingOrder")
        order = xml.SubElement(order, "OrderedGroup", id="order")
        for number, lines in _paragraphs(sample):
            name = f"r{number}"
            xml.SubElement(order, "RegionRefIndexed", index=str(number), regionRef=name)
            region = xml.SubElement(page, "TextRegion", id=name)
            _coords(region, _hull(lines), width, height)
            for line in lines:
                own = f"{name}l{sample.lines.index(line)}"
                self._line(region, line, own, width, height)
        return root

    def _line(
        self, region, line: LineLabel, name: str, width: int, height: int
    ) -> None:
        element = xml.SubElement(region, "TextLine", id=name)
        _coords(element, line.polygon, width, height)
        baseline = _points(line.baseline, width, height)
        xml.SubElement(element, "Baseline", points=baseline)
        for i, word in enumerate(line.words):
            own = xml.SubElement(element, "Word", id=f"{name}w{i}")
            _coords(own, word.polygon, width, height)
            for k, character in enumerate(word.characters):
                if character.box is not None:
                    glyph = xml.SubElement(own, "Glyph", id=f"{name}w{i}g{k}")
                    _coords(glyph, character.polygon, width, height)
                    _text(glyph, character.text)
            _text(own, word.text)
        _text(element, line.text)


class Alto(_Xml):
    """ALTO 4: a block for each paragraph."""

    name = "alto"

    def document(self, sample):
        height, width = sample.image.shape[:2]
        root = xml.Element("alto", xmlns=_ALTO)
        facts = xml.SubElement(root, "Description")
        xml.SubElement(facts, "MeasurementUnit").text = "pixel"
        source = xml.SubElement(facts, "sourceImageInformation")
        xml.SubElement(source, "fileName").text = f"{sample.name}.png"
        size = {"WIDTH": str(width), "HEIGHT": str(height)}
        layout = xml.SubElement(root, "Layout")
        page = xml.SubElement(layout, "Page", ID="page", PHYSICAL_IMG_NR="1", **size)
        space = xml.SubElement(page, "PrintSpace", HPOS="0", VPOS="0", **size)
        for number, lines in _paragraphs(sample):
            name = f"b{number}"
            block = xml.SubElement(space, "TextBlock", ID=name, **_box_of(_hull(lines)))
            for line in lines:
                own = f"{name}l{sample.lines.index(line)}"
                element = xml.SubElement(
                    block, "TextLine", ID=own, **_box_of(line.polygon),
                    BASELINE=_points(line.baseline, width, height),
                )  # fmt: skip
                _shape(element, line.polygon, width, height)
                for i, word in enumerate(line.words):
                    if i:
                        xml.SubElement(element, "SP")
                    self._word(element, word, f"{own}w{i}", width, height)
        return root

    def _word(self, line, word, name: str, width: int, height: int) -> None:
        element = xml.SubElement(
            line, "String", ID=name, CONTENT=word.text, **_box_of(word.polygon)
        )
        _shape(element, word.polygon, width, height)
        for k, character in enumerate(word.characters):
            if character.box is not None:
                glyph = xml.SubElement(
                    element, "Glyph", ID=f"{name}g{k}", CONTENT=character.text,
                    **_box_of(character.polygon),
                )  # fmt: skip
                _shape(glyph, character.polygon, width, height)


def _paragraphs(sample: Sample) -> list[tuple[int, list[LineLabel]]]:
    numbers = sorted({line.paragraph for line in sample.lines})
    return [(n, [x for x in sample.lines if x.paragraph == n]) for n in numbers]


def _hull(lines: list[LineLabel]) -> list[list[float]]:
    """Corners around some lines."""
    points = [point for line in lines for point in line.polygon]
    x, y = ([point[k] for point in points] for k in (0, 1))
    return [[min(x), min(y)], [max(x), min(y)], [max(x), max(y)], [min(x), max(y)]]


def _points(points, width: int, height: int) -> str:
    """Whole pixels inside the picture, as both schemas ask for."""
    return " ".join(
        f"{min(max(round(x), 0), width)},{min(max(round(y), 0), height)}"
        for x, y in points
    )


def _coords(element, points, width: int, height: int) -> None:
    xml.SubElement(element, "Coords", points=_points(points, width, height))


def _text(element, text: str) -> None:
    xml.SubElement(xml.SubElement(element, "TextEquiv"), "Unicode").text = text


def _shape(element, points, width: int, height: int) -> None:
    shape = xml.SubElement(element, "Shape")
    xml.SubElement(shape, "Polygon", POINTS=_points(points, width, height))


def _box_of(points) -> dict[str, str]:
    x, y = ([point[k] for point in points] for k in (0, 1))
    left, top = max(round(min(x)), 0), max(round(min(y)), 0)
    return {
        "HPOS": str(left),
        "VPOS": str(top),
        "WIDTH": str(max(round(max(x)) - left, 1)),
        "HEIGHT": str(max(round(max(y)) - top, 1)),
    }
