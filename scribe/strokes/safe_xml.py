"""XML from strangers: expat with entities refused.

An entity can refer to itself ten times over at each of ten levels (the "billion
laughs") or name a file of the reader's machine. Nothing that is read here needs one.
"""

from collections.abc import Callable
from xml.parsers import expat

from scribe.foundation.errors import InputError


def walk_xml(
    data: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda name: None,
    text: Callable[[str], None] = lambda content: None,
) -> None:
    """Calls `start(name, attributes)`, `end(name)` and `text(part)` as elements come.

    Names come without their namespace's prefix.

    Raises:
      InputError: the XML is not well-formed, or declares an entity.
    """
    parser = expat.ParserCreate()

    def refuse(*declaration):
        raise InputError("the XML declares an entity, which is not read")

    parser.StartElementHandler = lambda name, attributes: start(
        _local(name), attributes
    )
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise InputError(f"the XML is damaged or cut off ({error})") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]
