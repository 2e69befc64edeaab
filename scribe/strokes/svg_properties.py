"""What the elements of an SVG look like: attributes, `style`, and plain CSS rules.

Of CSS it knows what drawing programs write: rules for elements, classes and ids, parted
by commas. Rules with other selectors are passed over.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_INHERITED = ("stroke", "stroke-width", "stroke-opacity", "visibility", "fill")


class Stylesheet:
    """The rules of all <style> elements of a document."""

    def __init__(self, root: Element):
        self._rules: dict[str, dict[str, str]] = {}
        for element in root.iter("style"):
            for selectors, body in _RULE.findall(_COMMENT.sub("", element.text or "")):
                for selector in selectors.split(","):
                    rule = self._rules.setdefault(selector.strip(), {})
                    rule.update(declarations(body))

    def properties(
        self, element: Element, inherited: Mapping[str, str]
    ) -> dict[str, str]:
        """The properties of an element: later ones count for more.

        Args:
          element: any.
          inherited: the properties of its parent.
        """
        found = {name: inherited[name] for name in _INHERITED if name in inherited}
        found.update(element.attrib)
        classes = element.get("class", "").split()
        for selector in (element.tag, *(f".{name}" for name in classes)):
            found.update(self._rules.get(selector, {}))
        found.update(self._rules.get(f"#{element.get('id')}", {}))
        found.update(declarations(element.get("style", "")))
        unknown = classes and not any(f".{name}" in self._rules for name in classes)
        if unknown and "stroke" not in found:
            found["stroke"] = "unknown"  # a class of a sheet that is elsewhere
        return found


def declarations(text: str) -> dict[str, str]:
    """`name: value; ...` as a dictionary."""
    pairs = (declaration.partition(":") for declaration in text.split(";"))
    return {
        name.strip(): value.replace("!important", "").strip()
        for name, colon, value in pairs
        if colon
    }


def is_shown(properties: Mapping[str, str]) -> bool:
    """Whether an element and what is in it can be seen; for `is_visible` see there."""
    return properties.get("display") != "none" and _number(properties, "opacity") != 0


def is_visible(properties: Mapping[str, str]) -> bool:
    """Whether the element itself is visible; what is in it may say otherwise."""
    return properties.get("visibility", "visible") not in ("hidden", "collapse")


def is_stroked(properties: Mapping[str, str]) -> bool:
    """Whether a pen draws the element."""
    return (
        properties.get("stroke", "none") not in ("none", "transparent")
        and _number(properties, "stroke-width") != 0
        and _number(properties, "stroke-opacity") != 0
    )


def _number(properties: Mapping[str, str], name: str) -> float:
    """A property that is a number, with or without a unit; 1 for what is none."""
    found = re.match(r"\s*(\d*\.?\d+(?:e-?\d+)?)", properties.get(name, ""))
    return float(found[1]) if found else 1.0
