"""Walk through XML element by element: no DTD, no entities, no network, bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gispipe.errors import UnreadableInput, XmlBroken, XmlEntities
from gispipe.words import Words

if TYPE_CHECKING:
    from lxml.etree import _Element

AGAIN = Words("copy or request the file again", "コピーし直すか、受け取り直してください")


def elements(path: Path, tags: Sequence[str], where: str) -> Iterator[_Element]:
    """Yield every element of the given tags ({namespace}name, * allowed) when it is complete; it is emptied afterwards.

    A tag below another of the list comes first and would be empty in its parent: name the outermost ones only. Raises
    UnreadableInput for XML that is not well-formed or cut off, that has a DTD, or that is nested beyond any format here.
    """
    from lxml import etree

    try:
        context = etree.iterparse(str(path), events=("end",), tag=list(tags), load_dtd=False, no_network=True, resolve_entities=False, huge_tree=False,
                                  remove_comments=True, remove_pis=True)
        for k, (_, element) in enumerate(context):
            if k == 0:
                no_dtd(element, where)
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise broken(error, where) from None


def no_dtd(element: _Element, where: str) -> None:
    """Raise UnreadableInput when the document of an element has a DTD, wherever it hides."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise XmlEntities(where, Words("the XML carries a DTD, which may define entities; it is refused", "XML に DTD（実体定義）があるため、受け付けません"),
                              Words("ask for a plain export", "DTD のない形で受け取り直してください"))


def broken(error: Exception, where: str) -> UnreadableInput:
    """Return the failure for XML that a parser rejected, with the line it names."""
    line = getattr(error, "lineno", None) or getattr(error, "position", (None,))[0]
    return XmlBroken(f"{where}:{line}" if line else where, Words(f"not well-formed XML: {error}", f"XML として読めません: {error}"), AGAIN)


def local(element: _Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]
