"""XML from strangers: expat with entities refused, and trees with an end.

An entity can refer to itself ten times over at each of ten levels (the "billion
laughs") or name a file of the reader's machine. Nothing that is read here needs one.
"""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from scribe.foundation.errors import InputError

MAX_ELEMENTS = 200_000
MAX_DEPTH = 100


def read_xml(data: bytes) -> Element:
    """The root of a document; names of elements come without their prefix.

    Args:
      data: in UTF-8, in UTF-16 with a byte order mark, or in what it declares.

    Raises:
      InputError: the XML is not well-formed, declares an entity, or has too many
        elements or levels.
    """
    parser = expat.ParserCreate()
    builder = TreeBuilder()
    depth, count = 0, 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if count > MAX_ELEMENTS or depth > MAX_DEPTH:
            raise InputError(
                f"the XML has more than {MAX_ELEMENTS:,} elements or {MAX_DEPTH} levels"
            )
        builder.start(_local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    def refuse(*declaration):
        raise InputError("the XML declares an entity, which is not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except InputError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise InputError(f"the XML is damaged or cut off ({error})") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]
