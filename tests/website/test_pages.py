"""Copies of the pages: what is changed for the site, and that nothing else is."""

from tools.website import pages


def test_examples_are_marked_and_lose_what_only_doctest_needs():
    text = "a\n\n```python\n>>> x\n1\n<BLANKLINE>\n2\n\n```\n\n```python\nx = 1\n```\n\n```console\n$ ls\n```\n"
    marked = "a\n\n```pycon\n>>> x\n1\n\n2\n```\n\n```python\nx = 1\n```\n\n```console\n$ ls\n```\n"
    assert pages.with_prompts(text) == marked


def test_folds_hold_markdown_except_in_code():
    assert pages.with_folds("<details><summary>A</summary>") == '<details markdown="1"><summary>A</summary>'
    assert pages.with_folds("```text\n<details>\n```\n") == "```text\n<details>\n```\n"


def test_links_to_what_has_moved_lead_there():
    moved = {"README.md": "start.md", "examples/xor.py": "examples/xor.md"}
    text = "[a](../README.md#install) [b](../examples/xor.py) [c](other.md) [d](https://x.org/README.md)"
    new = "[a](../start.md#install) [b](../examples/xor.md) [c](other.md) [d](https://x.org/README.md)"
    assert pages.relinked(text, "docs/page.md", moved) == new
    assert pages.relinked("[x](examples/xor.py)", "README.md", moved) == "[x](examples/xor.md)"
    assert pages.relinked("```text\n[a](../README.md)\n```", "docs/page.md", moved).count("README") == 1


GLOSSARY = """# Glossary

| term | meaning | formula | chapter |
|---|---|---|---|
| chain rule | A product of "slopes" {all}. | dz/dx = dz/dy · dy/dx | [2](02.md) |
| example | An input and an output. |  | [8](08.md) |
| ReLU | Cuts off. | max(0, z) | [4](04.md) |
"""


def test_the_glossary_is_read_and_each_term_has_a_place():
    terms = pages.terms_of(GLOSSARY)
    assert terms["chain rule"] == 'A product of "slopes" {all}. dz/dx = dz/dy · dy/dx'
    assert list(terms) == ["chain rule", "example", "ReLU"]
    assert '| <span id="chain-rule">chain rule</span> | A product' in pages.with_places(GLOSSARY)
    assert pages.with_places(GLOSSARY).count("<span") == 3
    assert pages.slug("error δ") == "error-δ"


def test_the_first_use_of_a_term_links_to_its_meaning():
    terms = pages.terms_of(GLOSSARY)
    made = pages.with_terms("The chain rule. The Chain rule. ReLUs.\n", terms, "glossary.md")
    meaning = "A product of &quot;slopes&quot; (all). dz/dx = dz/dy · dy/dx"
    assert made == (
        f'The [chain rule](glossary.md#chain-rule){{ .term title="{meaning}" }}. '
        'The Chain rule. [ReLUs](glossary.md#relu){ .term title="Cuts off. max(0, z)" }.\n'
    )


def test_a_term_is_left_alone_in_code_links_headings_tables_and_as_plain_english():
    terms = pages.terms_of(GLOSSARY)
    text = (
        "# The chain rule\n\n| chain rule | x |\n\n`chain rule` [chain rule](x.md) ![chain rule](x.svg), for example\n"
    )
    text += "\n```text\nchain rule\n```\n"
    assert pages.with_terms(text, terms, "glossary.md") == text


def test_a_line_goes_below_the_title():
    assert pages.below_title("# T\n\ntext\n\n# no\n", "[x](y)") == "# T\n\n[x](y)\n\ntext\n\n# no\n"
