"""A plate as it is spelled over the radio (pure).

Dutch and French: the spelling alphabets in use in Belgium, as telephone and railway have printed them. English: that of
the ITU Radio Regulations, appendix 14 (the same as ICAO's and NATO's).
"""

from string import ascii_uppercase

from search.pages.language import DUTCH, ENGLISH, FRENCH

_ALPHABETS = {
    DUTCH: "Arthur Brussel Carolina Désiré Emiel Frederik Gustaaf Hendrik Isidoor Jozef Kilogram Leopold Maria "
           "Napoleon Oscar Piano Quotiënt Robert Sofie Telefoon Ursula Victor Waterloo Xavier Yvonne Zola",
    FRENCH: "Arthur Bruxelles César Désiré Émile Frédéric Gustave Henri Isidore Joseph Kilogramme Léopold Marie "
            "Napoléon Oscar Piano Quiévrain Robert Simon Téléphone Ursule Victor Waterloo Xantippe Yvonne Zoé",
    ENGLISH: "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa "
             "Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu",
}
_NAMES = {language: dict(zip(ascii_uppercase, names.split(), strict=True)) for language, names in _ALPHABETS.items()}


def spell(plate: str, language: str) -> str:
    """Return a plate's characters one by one: letters by their names, digits and all else as they are."""
    names = _NAMES[language]
    return ", ".join(names.get(character, character) for character in plate)
