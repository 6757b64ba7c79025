"""A question written as a text that the box understands again (pure)."""

from collections.abc import Iterator

from search.reads.filters import Asked

_PARTS = frozenset(" ,;\"")


def write_text(asked: Asked) -> str:
    """Return the text of a question, each filter as `key:value`; what is understood of it is the same question."""
    return " ".join(_words(asked))


def _words(asked: Asked) -> Iterator[str]:
    for filter_, value in asked.chosen():
        texts = filter_.write(value)
        for text in texts:
            yield f"{filter_.key}:{quote(text)}"


def quote(text: str) -> str:
    """Return a value between quotes where it would fall apart otherwise."""
    plain = text.replace('"', "")
    return f'"{plain}"' if _PARTS & set(plain) or any(character.isspace() for character in plain) else plain
