"""Sheets as pictures: whole documents, whose texts stay on the page and off each other, light and dark."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tinygrad_edu as tg
from tinygrad_edu.exercises.svg_sheets import WIDTH, wrapped
from tinygrad_edu.graphics.widths import text_width
from tinygrad_edu.questions.answers import written

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("chapter", range(16))
def test_a_sheet_is_one_document_with_each_question_and_its_field(chapter):
    quiz = tg.quiz(chapter, seed=5)
    blank, solved = (ElementTree.fromstring(quiz.svg(solved=each)) for each in (False, True))  # noqa: S314 - our own
    for root in (blank, solved):
        assert root.get("width") == str(WIDTH)
        assert len(root.findall(f".//{SVG}g[@class='question']")) == 5
        assert len(root.findall(f".//{SVG}style")) == 1
        assert root.findall(".//*[@id]") == []
        assert root.findtext(f"{SVG}title") == quiz.title
    answers = [f"Answer: {written(question.answer)}" for question in quiz.questions]
    words = [text.text for text in solved.iter(f"{SVG}text")]
    assert [word for word in words if word.startswith("Answer: ")] == answers
    fields = [rect for rect in blank.iter(f"{SVG}rect") if rect.get("width") == "150"]
    assert len(fields) == 5
    assert not any("Answer: " in (text.text or "") for text in blank.iter(f"{SVG}text"))


def test_lines_are_broken_where_they_fit():
    words = "every word of it " * 20
    lines = wrapped(words, 300)
    assert " ".join(lines) == words.strip()
    assert all(text_width(line, 14) <= 300 for line in lines)
    assert wrapped("", 300) == []
    assert wrapped("x" * 100, 20) == ["x" * 100]


# --- in a browser ----------------------------------------------------------------------------------------------------

FAULTS = """() => {
  const faults = [], svg = document.querySelector('svg'), paper = svg.getBoundingClientRect();
  const rects = [...svg.querySelectorAll('.question > text')]
    .map(each => [each.textContent, each.getBoundingClientRect()]);
  for (const [words, r] of rects)
    if (r.left < paper.left || r.right > paper.right || r.bottom > paper.bottom) faults.push('off the paper: ' + words);
  rects.forEach(([words, r], i) => rects.slice(i + 1).forEach(([other, s]) => {
    if (r.left < s.right - 1 && s.left < r.right - 1 && r.top < s.bottom - 3 && s.top < r.bottom - 3)
      faults.push(words + ' covers ' + other);
  }));
  for (const node of svg.querySelectorAll('.node')) {
    const box = node.querySelector('rect').getBoundingClientRect();
    for (const part of node.querySelectorAll('text, rect')) {
      const r = part.getBoundingClientRect();
      if (r.left < box.left - 1 || r.right > box.right + 1 || r.bottom > box.bottom + 1 || r.top < box.top - 1)
        faults.push('out of its box: ' + part.textContent);
    }
    if (box.right > paper.right) faults.push('a box off the paper');
    for (const [words, r] of rects)
      if (r.left < box.right && box.left < r.right && r.top < box.bottom - 2 && box.top < r.bottom - 2)
        faults.push(words + ' covers a box');
  }
  return faults;
}"""


@pytest.mark.parametrize("font", ["DejaVu Sans", "Liberation Sans"])
def test_texts_stay_in_their_boxes_and_off_each_other(page, font):
    faults = {}
    for chapter in range(16):
        for solved in (False, True):
            svg = tg.quiz(chapter, seed=chapter, questions=6).svg(solved=solved)
            page.set_content(f"<style>svg.tinygrad-edu text {{font-family: '{font}' !important}}</style>{svg}")
            faults[chapter, solved] = page.evaluate(FAULTS)
    assert not any(faults.values()), {name: found for name, found in faults.items() if found}


def test_the_measuring_finds_what_is_wrong(page):
    svg = tg.quiz(3, seed=7).svg()
    page.set_content(re.sub(r'textLength="[^"]*"', 'textLength="950"', svg))
    found = " ".join(page.evaluate(FAULTS))
    assert "off the paper" in found
    assert "out of its box" in found


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(15, 23, 42)")])
def test_a_sheet_and_a_page_follow_light_and_dark(browser, tmp_path: Path, scheme, ground):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    quiz = tg.quiz(3, seed=7)
    page.set_content(quiz.svg())
    assert page.evaluate("getComputedStyle(document.querySelector('svg > rect')).fill") == ground
    page.set_content(quiz.html())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    context.close()
