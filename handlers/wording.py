"""Words for what the engine puts: one template per question, outcome or notice, and language."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes

from calculators.territory import Territory
from handlers.address import addressed, form_of
from handlers.flow import Facts
from handlers.formatting import filters
from handlers.messages import TEXT_LIMIT, Option, Outgoing
from handlers.reading import Candidate, Unclear
from handlers.state import STILL_UNCLEAR, Put, State

LANGUAGES = ("vi", "en")
FOLDER = Path(__file__).parent.parent / "templates" / "chat"
SPOTTED, WHICH = "confirm_spotted", "which_answer"
PERSON = {"you", "proxy", "language"}  # what every template may use; blocks of no more are rendered once
_ONLY_UNCLEAR = frozenset(("unknown_choice", "yes_or_no", "not_offered"))
_BLANKS = re.compile(r"[ \t]*\n[ \t]*")
_GAPS = re.compile(r"\n{3,}")


class WordingError(Exception):
    """A sentence is missing or too long; the message names the template and what to write."""


def flat(facts: Facts) -> dict[str, str | int]:
    """Return facts as plain names and values: one of a group is `group.name`; lists are left out."""
    found: dict[str, str | int] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": each for inner, each in flat(value).items()}
        elif isinstance(value, str | int):
            found[name] = value
    return found


class Words:
    """Every sentence a person reads, loaded and compiled once."""

    def __init__(self, territory: Territory, folder: Path = FOLDER) -> None:
        """Compile every template; raise WordingError when two files have one name."""
        self._territory = territory
        self._contacts = tomllib.loads((folder / "contacts.toml").read_text("utf-8"))
        self._blocks: dict[tuple[str, str], frozenset[str]] = {}
        self._fixed: dict[tuple[str, str, str], dict[object, str]] = {}
        self._books: dict[str, dict[str, Template]] = {language: {} for language in LANGUAGES}
        for language in LANGUAGES:
            self._load(folder / language, language)

    def _load(self, folder: Path, language: str) -> None:
        """Compile a language's templates; find those that change with nothing but the person."""
        environment = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # noqa: S701 - plain text: no channel is given markup
        )
        environment.globals |= self._contacts
        environment.filters |= filters(language)
        environment.filters["ward_name"] = self._territory.ward_name
        environment.filters["province_name"] = self._territory.province_name
        book = self._books[language]
        for name in environment.list_templates(extensions=["j2"]):
            key = Path(name).stem
            if key in book:
                raise WordingError(
                    f"{language}/{name}: another file is named {key}; keys are unique, rename one"
                )
            book[key] = environment.get_template(name)
            self._blocks[language, key] = frozenset(book[key].blocks)
            tree = environment.parse((folder / name).read_text("utf-8"))
            for block in tree.find_all(nodes.Block):
                if {name.name for name in block.find_all(nodes.Name)} <= PERSON | set(self._contacts):
                    self._fixed[language, key, block.name] = {}

    @cached_property
    def keys(self) -> dict[str, frozenset[str]]:
        """The keys each language has templates for."""
        return {language: frozenset(book) for language, book in self._books.items()}

    def blocks(self, language: str, key: str) -> frozenset[str]:
        """The blocks a template has; empty when there is no such template."""
        return self._blocks.get((language, key), frozenset())

    def say(self, language: str, key: str, block: str, facts: Facts) -> str:
        """Render one block; raise WordingError when the template or block is missing."""
        said = self._fixed.get((language, key, block))
        if said is None:
            if block not in self.blocks(language, key):
                raise WordingError(f"templates/chat/{language}: {key}.j2 needs a block {block}")
            return self._render(language, key, block, facts)
        whom = facts.get("you")
        if whom not in said:
            said[whom] = self._render(language, key, block, facts)
        return said[whom]

    def _render(self, language: str, key: str, block: str, facts: Facts) -> str:
        template = self._books[language][key]
        text = "".join(template.blocks[block](template.new_context(dict(facts))))
        text = _GAPS.sub("\n\n", _BLANKS.sub("\n", unicodedata.normalize("NFC", text))).strip()
        if len(text) > TEXT_LIMIT:
            raise WordingError(f"{language}/{key}.{block}: {len(text)} characters, {TEXT_LIMIT} at most")
        return text

    def outgoing(self, put: Put, state: State, heard: str = "") -> Outgoing:
        """Word what the engine put, and remember in `state` what is shown beside the words."""
        again = bool(put.notices or put.error) and state.turn > 1  # what is put was put before
        offered = [choice.facts for choice in put.choices]
        facts = {**self._person(state), "again": again, "offered": offered, **put.words}
        language = state.language
        if put.items:
            facts["items"] = self._items(put.items, language, facts)
        parts = [
            self.say(language, each.template, each.name, self._told(each.facts, language, facts))
            for each in put.notices
        ]
        if not any(each.instead for each in put.notices):
            parts += self._body(put, language, facts)
        options = tuple(
            Option(choice.raw, self._label(put, choice, language, facts)) for choice in put.choices
        )
        over = "" if put.asks_contact else self._contact_over(state, facts)
        state.sharing = put.key if put.asks_contact else ""
        form = form_of(state) if language == "vi" else ""
        options = tuple(replace(option, label=addressed(option.label, form)) for option in options)
        state.shown = [[option.id, option.label] for option in options]
        return Outgoing(
            text=addressed("\n\n".join(part for part in parts if part), form),
            options=options,
            question=put.key if put.kind == "question" else None,
            outcome=put.key if put.kind == "outcome" else None,
            turn=state.turn,
            asks_contact=put.asks_contact,
            heard=heard,
            contact_label=self.say(language, "options", "share_contact", facts) if put.asks_contact else "",
            contact_over=addressed(over, form),
        )

    def notice(
        self,
        name: str,
        language: str,
        options: Sequence[tuple[str, Facts]] = (),
        **facts: Any,  # noqa: ANN401 - words for a template
    ) -> Outgoing:
        """Word a message nobody asked for: a lead card, a change of collector, an apology."""
        labels = tuple(
            Option(identity, self._option(language, name, identity.partition("-")[0], {**facts, **about}))
            for identity, about in options
        )
        text = self.say(language, name, "text", facts)
        return Outgoing(text=text, options=labels, notice=name, facts=flat(facts))

    def _contact_over(self, state: State, facts: Facts) -> str:
        """What became of the wish for her contact that was put last; nothing where there was none."""
        if not state.sharing:
            return ""
        became = "contact_taken" if state.sharing in state.answers else "contact_left"
        return self.say(state.language, "options", became, facts)

    def _body(self, put: Put, language: str, facts: Facts) -> list[str]:
        """The error if there is one, then the question with its hint, or the candidates; nothing again."""
        if put.again:
            return []
        if put.error is None:
            return [self.say(language, put.key, "text", facts), self._maybe(language, put.key, "hint", facts)]
        error = self._error(put.key, put.error, language, facts)
        if put.error.candidates:
            return [error]
        hint = self._maybe(language, put.key, "example", facts)
        if put.error.code in _ONLY_UNCLEAR and any(each.name == STILL_UNCLEAR for each in put.notices):
            error = ""  # the apology before it says the same
        return [error, self.say(language, put.key, "text", facts), hint]

    def _error(self, key: str, error: Unclear, language: str, facts: Facts) -> str:
        """The question's own sentence for the code, or the common one."""
        block = f"error_{error.code}"
        home = key if block in self.blocks(language, key) else "errors"
        return self.say(language, home, block, {**facts, **error.facts, "candidates": error.candidates})

    def _maybe(self, language: str, key: str, block: str, facts: Facts) -> str:
        return self.say(language, key, block, facts) if block in self.blocks(language, key) else ""

    def _label(self, put: Put, choice: Candidate, language: str, facts: Facts) -> str:
        """The label of one choice of what was put."""
        if put.key == WHICH:
            answer = next(value for key, value in put.items if key == choice.raw)
            name = self.say(language, choice.raw, "label", facts)
            return f"{name}: {self.shown(language, choice.raw, answer, facts)}"
        if "topic" in choice.facts:
            return self.say(language, str(choice.facts["topic"]), f"{choice.raw}_label", facts)
        return self._option(language, put.key, choice.raw, {**facts, **choice.facts})

    def _option(self, language: str, key: str, identity: str, facts: Facts) -> str:
        """A choice has its own block; one made of facts the block `candidate`; commands are common."""
        own = f"option_{identity}"
        if own in self.blocks(language, key):
            return self.say(language, key, own, facts)
        if own in self.blocks(language, "options"):
            return self.say(language, "options", own, facts)
        return self.say(language, key, "candidate", {**facts, "raw": identity})

    def shown(self, language: str, key: str, raw: str, facts: Facts) -> str:
        """An answer as the person would recognise it: a choice's label, or its words made tidy."""
        blocks = self.blocks(language, key)
        for block in (f"option_{raw}", "answer"):
            if block in blocks:
                return self.say(language, key, block, {**facts, "raw": raw})
        return raw

    def _told(self, own: Facts, language: str, facts: Facts) -> Facts:
        """What a notice may use; answers that were `changed` are worded."""
        if "changed" in own:
            return {**facts, **own, "changed": self._items(own["changed"], language, facts)}
        return {**facts, **own}

    def _items(self, items: Sequence[tuple[str, str]], language: str, facts: Facts) -> list[dict[str, str]]:
        """Answers, each with its name and how it is shown."""
        return [
            {
                "label": self.say(language, key, "label", facts),
                "value": self.shown(language, key, raw, facts),
            }
            for key, raw in items
        ]

    def _person(self, state: State) -> Mapping[str, Any]:
        """Who it is about: the person herself, or someone she asks for."""
        whom = state.answers.get("whom", "self")
        whom = whom if f"option_{whom}" in self.blocks(state.language, "whom") else "self"
        return {
            "you": self.say(state.language, "whom", f"you_{whom}", {}),
            "proxy": whom != "self",
            "language": state.language,
        }
