"""Pages from templates: one Jinja environment a language, so that a template never asks which language it is in."""

from functools import cache, partial
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from search.access import Visitor, is_api, visitor_of
from search.cameras import health
from search.cameras.marks import SHAPES, SIGNS, camera_address
from search.hits import wording as hit_words
from search.map.marks import data_json, marks_json, sized
from search.pages import vocabulary
from search.pages.compiling import OneLanguage
from search.pages.help import HELP
from search.pages.language import Language, choose_language, load_languages
from search.pages.links import static_addresses
from search.pages.look import DENSITIES, THEMES, read_look
from search.pages.navigation import menu_of
from search.pages.shortcuts import SHORTCUTS
from search.story.tour import touring
from services.clock import utc_now

LANGUAGE_COOKIE = "zoneschild_language"
_TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """Everything needed to make a page: the languages and, for each, its templates."""

    def __init__(self) -> None:
        self.languages = load_languages()
        statics = static_addresses()
        self._environments = {code: _environment(language, statics) for code, language in self.languages.items()}

    def render(self, language: Language, template: str, **context: object) -> str:
        """Fill in a template in one language."""
        return self._environments[language.code].get_template(template).render(template=template, **context)


@cache
def load_pages() -> Pages:
    """Return the pages of this process: reading texts and templates takes most of a second."""
    return Pages()


def _environment(language: Language, statics: dict[str, str]) -> Environment:
    environment = OneLanguage(language, loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              auto_reload=False, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
    environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    for name in ("say", "show", "pick", "number", "percent", "clock", "milliseconds", "day", "short_day", "moment",
                 "period", "duration"):
        environment.filters[name] = getattr(language, name)
    environment.filters["shown_plate"] = vocabulary.shown_plate
    environment.filters["vehicle_name"] = vocabulary.vehicle_name
    environment.filters["vehicle_look"] = partial(vocabulary.vehicle_look, language)
    environment.globals.update(
        language=language, menu_of=menu_of, statics=statics, vocabulary=vocabulary, hit_words=hit_words, themes=THEMES,
        densities=DENSITIES, shortcuts=SHORTCUTS, marks_json=marks_json, helps=HELP, data_json=data_json, sized=sized,
        shapes=SHAPES, camera_signs=SIGNS, healths=health.NAMES, health_of=health.health_of,
        camera_address=camera_address)
    return environment


def language_of(request: Request) -> Language:
    """Return the language in which to answer this request."""
    pages: Pages = request.app.state.program.pages
    code = choose_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""),
                           api=is_api(request))
    return pages.languages[code]


def show_page(request: Request, template: str, status: int = 200, *, here: str | None = None,
              **context: object) -> HTMLResponse:
    """Answer with a page; the layout's own needs (who is here, what is open, where we are) are added.

    `here` is the address that shows the same page again, where the request's own would not.
    """
    program = request.app.state.program
    visitor: Visitor | None = visitor_of(request)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    settings = program.settings
    text = program.pages.render(
        language_of(request), template, visitor=visitor, here=here or address, now=utc_now(),
        look=read_look(request.cookies), has_story=settings.story_file is not None,
        tour=touring(settings.story_file, request.cookies), has_tiles=settings.map_file is not None, **context)
    return HTMLResponse(text, status)
