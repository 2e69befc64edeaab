"""Formats of labelled data sets, by the names that --format takes."""

from scribe.factory.formats.format import Format
from scribe.factory.formats.iam import Iam
from scribe.factory.formats.image_folder import ImageFolder
from scribe.factory.formats.lists import DocTr, EasyOcr, Loghi, PaddleOcr, PyLaia
from scribe.factory.formats.lmdb import Lmdb
from scribe.factory.formats.page_xml import Alto, PageXml
from scribe.factory.formats.parquet import Parquet
from scribe.factory.formats.tfrecord import TfRecord
from scribe.factory.formats.webdataset import WebDataset

FORMATS: dict[str, type[Format]] = {
    each.name: each
    for each in (
        *(ImageFolder, Parquet, WebDataset, TfRecord, Lmdb, Iam, PageXml, Alto),
        *(PyLaia, PaddleOcr, Loghi, DocTr, EasyOcr),
    )
}

__all__ = ["FORMATS", "Format"]
