"""Templates of one language: what a template says without a gap is looked up when it is compiled, not on every page."""

from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from search.pages.language import Language


class OneLanguage(Environment):
    """A Jinja environment whose templates are all compiled for `language`; a page names two hundred texts."""

    def __init__(self, language: Language, **options: Any) -> None:
        super().__init__(**options)
        self._saying = _Saying(language)

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, raw: bool = False,
                defer_init: bool = False) -> Any:
        """Compile a template, its plain texts said already."""
        tree = self.parse(source, name, filename) if isinstance(source, str) else source
        return super().compile(self._saying.visit(tree), name, filename, raw, defer_init)  # type: ignore[call-overload]


class _Saying(NodeTransformer):
    """Puts the text itself in the place of `_("text")`, and of one with gaps the text and what fills them."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name that Jinja looks for
        """Return the text of a call that says one, any other call as it is."""
        visited = self.generic_visit(node)
        match visited:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))], kwargs=gaps):
                said = Markup(self._language.say(text))  # noqa: S704 - our own text; what fills its gaps is escaped
                if not gaps:
                    return nodes.Const(said % {}, lineno=node.lineno)
                values = [nodes.Pair(nodes.Const(gap.key), gap.value, lineno=node.lineno) for gap in gaps]
                return nodes.Mod(nodes.Const(said), nodes.Dict(values), lineno=node.lineno)
        return visited
