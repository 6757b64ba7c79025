"""Texts that templates say are looked up when a template is compiled; what fills their gaps is escaped as ever."""

import pytest
from jinja2 import DictLoader

from search.pages.compiling import OneLanguage
from search.pages.language import Language, load_languages

LANGUAGES = load_languages()


def filled(code: str, template: str, **values: object) -> str:
    environment = OneLanguage(LANGUAGES[code], loader=DictLoader({"page": template}), autoescape=True,
                              extensions=["jinja2.ext.i18n"])
    environment.install_gettext_translations(LANGUAGES[code].translations, newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template("page").render(**values)


@pytest.mark.parametrize(("code", "text"), [("nl", "Zoeken"), ("fr", "Rechercher"), ("en", "Search")])
def test_a_text_is_said_in_the_language_of_its_environment(code: str, text: str) -> None:
    assert filled(code, '{{ _("Search") }}') == text


def test_a_text_is_looked_up_once_however_often_its_template_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, say = list[object](), Language.say

    def heard(language: Language, text: str) -> str:
        asked.append(text)
        return say(language, text)

    monkeypatch.setattr(Language, "say", heard)
    assert filled("nl", '{% for one in "abc" %}{{ _("Search") }}{% endfor %}') == "Zoeken" * 3
    assert asked == ["Search"]


def test_what_fills_a_gap_is_escaped_and_the_text_is_not() -> None:
    assert filled("en", '{{ _("<b>%(name)s</b>", name=name) }}', name="<i>") == "<b>&lt;i&gt;</b>"


def test_a_percent_sign_is_written_twice_in_a_text() -> None:
    assert filled("en", '{{ _("100%% sure") }} {{ _("%(share)s%% sure", share=9) }}') == "100% sure 9% sure"


def test_what_a_gap_holds_may_say_texts_itself() -> None:
    assert filled("nl", '{{ _("Without: %(what)s", what=_("Search")) }}') == "Zonder: Zoeken"


def test_a_number_decides_between_one_and_several_when_the_page_is_filled() -> None:
    template = '{{ ngettext("%(num)s passage", "%(num)s passages", count) }}'
    assert [filled("nl", template, count=count) for count in (1, 2)] == ["1 passage", "2 passages"]
