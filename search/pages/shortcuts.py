"""The keys that pages listen to, as the page of keys tells them; scripts/keys.js and the pages' modules act on them."""

from collections.abc import Sequence

from search.pages.language import Words, words

Shortcut = tuple[Sequence[Words | str], Words]
"""The keys, each as it is printed on a keyboard, and what they do."""

SHORTCUTS: tuple[Shortcut, ...] = (
    (("/",), words("to the search box")),
    (("j", "k"), words("next and previous row")),
    (("Enter",), words("open")),
    (("g",), words("to the map and back")),
    (("t", "f"), words("as a table, as a gallery")),
    (("←", "→"), words("previous and next passage")),
    (("[", "]"), words("previous and next passage at the camera")),
    ((words("Space"),), words("play and pause a journey")),
    (("Esc",), words("close, or let go")),
    (("?",), words("these keys, and help with the page")),
)
