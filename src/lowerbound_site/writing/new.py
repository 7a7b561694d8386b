"""Start something new: a claim, an instrument, an explanation, an exercise, a trap, a page for a question."""

from collections.abc import Mapping
from pathlib import Path

from lowerbound_site.evidence.claims import ROOT, EvidenceError

WORDS = {
    "claim": "a snippet to write yours over; beside another word: the claim that it is about",
    "instrument": "a picture that the reader moves, with its test",
    "explanation": "another way to see a claim, without code; needs a claim",
    "exercise": "an exercise with its solution; needs a page, and may have a claim",
    "trap": "a saying that is false or half true; needs a claim, and what it is about",
    "question": "a page for a question",
    "page": "where an exercise is to stand",
    "about": "the section of the sayings, by its id",
}


def new(asked: Mapping[str, str], root: Path = ROOT) -> str:
    """Write what is asked for, never over what is there, and return the next steps."""
    # Each kind imports what it needs.
    claim, page = asked.get("claim", ""), asked.get("page", "")
    match [word for word in ("instrument", "explanation", "exercise", "trap", "question") if asked.get(word)]:
        case ["instrument"]:
            from lowerbound_site.writing.new_instrument import new_instrument

            return new_instrument(asked["instrument"], root)
        case ["explanation"]:
            from lowerbound_site.writing.new_text import new_explanation

            return new_explanation(asked["explanation"], claim, root)
        case ["exercise"]:
            from lowerbound_site.writing.new_text import new_exercise

            return new_exercise(asked["exercise"], page, claim, root)
        case ["trap"]:
            from lowerbound_site.writing.new_text import new_trap

            return new_trap(asked["trap"], claim, asked.get("about", ""), root)
        case ["question"]:
            from lowerbound_site.writing.new_text import new_question

            return new_question(asked["question"], root)
        case [] if claim:
            from lowerbound_site.writing.new_claim import new_claim

            return new_claim(claim, root)
    raise EvidenceError(
        "say what is to be new, and one thing: make new CLAIM=name, INSTRUMENT=name, EXPLANATION=name CLAIM=claim, "
        "EXERCISE=name PAGE=page, TRAP=name CLAIM=claim ABOUT=section, or QUESTION=name"
    )
