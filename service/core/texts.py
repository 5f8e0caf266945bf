"""Sentences for people, in Chinese first and in English."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh-CN", "en"]
DEFAULT_LANGUAGE: Language = "zh-CN"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; ``{name}`` is filled in when it is said."""

    zh: str
    en: str

    def say(self, language: Language, **params: object) -> str:
        """Return the sentence in ``language`` with its places filled."""
        sentence = self.en if language == "en" else self.zh
        return sentence.format(**params) if params else sentence
