"""What a page may not contain."""

import pytest

from lowerbound_site.pages.expand import Page
from lowerbound_site.pages.prose import check_page, numerals

QUESTION = (
    "---\ntitle: T\ndescription: D\n---\n\n# T\n\n## Short answer\n\nYes.\n\n## What this does not show\n\nMuch.\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "The gap is {{ gap: value }} nats, with {{ set: 0.05 }} chosen.",
        "`x = 3` and $x^2 + 1$ and $$\n\\frac{1}{2}\n$$ and \\(4\\) and \\[\n5\n\\].",
        "```text\n0.5\n```",
        "---\ndescription: 64 digits\n---\nText.",
        'A [link](/questions/3.md "Step 3") and <a href="x1.html" title="2">word</a>{: .w-2 }.',
        "[ref]: /x/3.md\n\nSee [it][3].",
        "1. One\n2. Two\n",
        "A 2-D latent, an 8×8 image, a 64x64 grid, a 2x2x2 design.",
        "See question 3, questions 4 and 5. Kingma (2014) and 2013, under CC BY-SA 4.0, in Python 3.11+ and float64.",
        "A note.[^1]\n\n[^1]: Kingma.",
        "&#8201;and <!-- 5 -->",
    ],
)
def test_numbers_that_nobody_measured_may_stand(text: str) -> None:
    assert list(numerals(text)) == []


@pytest.mark.parametrize(
    ("text", "line", "shown"),
    [
        ("It is 3.", 1, "3"),
        ("One\n\nabout 1,797 digits", 3, "1,797"),
        ("falls to -15.3 nats", 1, "-15.3"),
        ("below 1e-12, then", 1, "1e-12"),
        ("| a | 0.5 |", 1, "0.5"),
        ("grows 12-fold", 1, "12"),
        ("by 5 %", 1, "5 %"),
        ("costs $3", 1, "3"),
        ("[3 nats](/x.md)", 1, "3"),
        ("**7** *8*", 1, "7"),
        ("in 2014.5 nats", 1, "2014.5"),
        ("{{ figure: two-and-2 | Holds {{ set: 3 }} and 4. }}", 1, "4"),
    ],
)
def test_any_other_number_is_found_with_both_remedies(text: str, line: int, shown: str) -> None:
    found, message = next(numerals(text))
    assert (found, message.split(" is typed")[0]) == (line, f"the number '{shown}'")
    assert "{{ NAME: key }}" in message
    assert f"{{{{ set: {shown} }}}}" in message


def test_a_question_has_its_parts() -> None:
    assert check_page(Page("questions/q.md", QUESTION)) == []


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("description: D\n", "", "docs/questions/q.md:1: no description in the front matter"),
        ("title: T", "title:", "docs/questions/q.md:1: no title in the front matter"),
        ("# T\n\n## Short", "# T\n\n### Why\n\n## Short", "docs/questions/q.md:8: a heading of level 3 under one of"),
        ("Yes.", "It costs a $ more.", "docs/questions/q.md:10: a $ that is part of no formula"),
        (
            "Yes.",
            "So\n$x^2$, and $\\alhpa + {{ a: b }}$.",
            "docs/questions/q.md:11: the formula $\\alhpa",
        ),
        ("Yes.", "$$\n\\frac{a}\n$$", "docs/questions/q.md:10: the formula $$\n\\frac{a}\n$$ cannot be set: Expected"),
        ("Yes.", "$\\KL{q}{p}$", "docs/questions/q.md:10: the formula $\\KL{q}{p}$ cannot be set: write \\KL(q"),
        ("Yes.", "So:\n\n    x = f()\n    y = x\n\nYes.", "docs/questions/q.md:12: an indented block, which is shown"),
        ("Yes.", "```\nx\n```", "docs/questions/q.md:10: a fence without a language"),
        ("## Short answer", "## Answer", "docs/questions/q.md:1: no section '## Short answer'"),
        ("## What this does not show", "", "docs/questions/q.md:1: no section '## What this does not show'"),
        ("Yes.", "```python\n1\n```", "docs/questions/q.md:10: a 'python' fence that nothing runs"),
        ("Yes.", '```py title="x"\n1\n```', "docs/questions/q.md:10: a 'py' fence that nothing runs"),
        ("Yes.", "~~~ {.python .x}\n1\n~~~", "docs/questions/q.md:10: a 'python' fence that nothing runs"),
        ("Yes.", "    ```{python}\n    1\n    ```", "docs/questions/q.md:10: a 'python' fence that nothing runs"),
        ("Yes.", "```text\n1\n```\n\n```bash\nls\n```", "docs/questions/q.md:14: a 'bash' fence, which the tests"),
        ("Yes.", "```sh\nls\n```", "docs/questions/q.md:10: a 'sh' fence, which the tests would run; write ```console"),
    ],
)
def test_what_is_missing_or_forbidden_is_said_with_its_place(before: str, after: str, message: str) -> None:
    assert before in QUESTION
    (complaint,) = check_page(Page("questions/q.md", QUESTION.replace(before, after)))
    assert complaint.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: One: two\n---\n\n# T\n", "docs/index.md:2: the front matter is not YAML (mapping values"),
        ("---\ntitle: T\ndescription: [a\n---\n\n# T\n", "docs/index.md:4: the front matter is not YAML"),
        ("---\ntitle: T\n\n# T\n", "docs/index.md:1: the front matter is not closed, so it would be printed"),
        ("---\ntitle\n---\n\n# T\n", "docs/index.md:1: the front matter has no settings"),
        ("title: T\n\n# T\n", "docs/index.md:1: the first line reads as a setting and would not be seen"),
    ],
)
def test_front_matter_that_would_be_printed_or_hidden_is_found(text: str, message: str) -> None:
    (complaint,) = check_page(Page("index.md", text))
    assert complaint.startswith(message)


def test_formulas_and_signs_that_are_meant_may_stand() -> None:
    text = (
        "# T\n\nFor \\$, `a $`, $x\n+ y$ and $\\KL(q \\,\\|\\, p) = {{ a: b }}$.\n\n## Part\n\n### Deeper\n\n## Next\n"
        "\n- One\n\n    goes on\n\n[^1]: A note\n\n    goes on\n\n```text\n\n    x\n```\n"
    )
    assert check_page(Page("index.md", text)) == []


def test_a_fence_inside_a_longer_fence_is_text() -> None:
    assert check_page(Page("index.md", "````text\n```python\n1\n```\n````\n")) == []
