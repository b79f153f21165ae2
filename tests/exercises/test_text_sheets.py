"""Sheets in Markdown, plain text and HTML: blank, with steps, and solved."""

import re
from html.parser import HTMLParser

import pytest

import tinygrad_edu as tg
from tinygrad_edu.exercises import text_sheets
from tinygrad_edu.exercises.text_sheets import picture_of, text_of, width_of
from tinygrad_edu.questions.answers import written


@pytest.fixture(scope="module")
def quiz():
    return tg.quiz(3, seed=7)


def test_a_blank_sheet_has_each_question_and_no_answer(quiz):
    sheet = quiz.sheet()
    assert sheet.count("Answer: ") == 5
    assert "The answer is" not in sheet
    for question in quiz.questions:
        assert question.markdown in sheet


def test_a_solved_sheet_has_each_solution(quiz):
    sheet = quiz.sheet(solved=True)
    for question in quiz.questions:
        assert question.solution().markdown in sheet
        assert f"**The answer is {written(question.answer)}.**" in sheet
    assert "Answer: " not in sheet


def test_a_sheet_with_steps_has_blanks_where_the_solution_has_numbers(quiz):
    sheet = quiz.sheet(steps=True)
    assert sheet.count(r"**The answer is \_\_\_\_.**") == 5
    assert r"\underline{\qquad}" in sheet
    assert quiz.sheet(solved=True, steps=True) == quiz.sheet(solved=True)


def test_plain_text_is_indented_below_the_number(quiz):
    text = text_of(quiz.title, quiz.questions, solved=True, steps=False)
    assert re.search(r"^1\. Given ", text, re.MULTILINE)
    assert all(line == line.rstrip() for line in text.splitlines())
    assert text.count("The answer is") == 5
    assert "____" in text_of(quiz.title, quiz.questions, solved=False, steps=True)


class Tags(HTMLParser):
    """Whether what is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.seen = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("solved", [False, True])
def test_a_page_is_whole_and_needs_nothing_from_elsewhere(quiz, solved):
    page = quiz.html(solved=solved)
    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    assert not parser.seen & {"script", "link", "img"}
    assert re.findall(r"(?:src|href)=", page) == []
    assert page.count("<svg") == sum(question.graph is not None for question in quiz.questions)
    assert ("The answer is" in page) == solved
    for question in quiz.questions:
        assert question.asks in " ".join(parser.texts)


def test_the_answers_of_a_key_are_bold_and_underlined(quiz, page):
    page.set_content(quiz.html(solved=True))
    found = page.evaluate("""[...document.querySelectorAll('li')].map(item => {
      const style = getComputedStyle(item.querySelector('pre > .result'));
      return [item.querySelector('.result').textContent, style.fontWeight, style.textDecorationLine];
    })""")
    assert found == [[f"The answer is {written(each.answer)}.", "700", "underline"] for each in quiz.questions]
    assert '<strong class="result">' not in quiz.html(steps=True)


@pytest.mark.parametrize("width", [900, 360])
def test_no_blank_of_a_page_with_steps_is_cut_off(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(tg.quiz(4, seed=2).html(steps=True))
    assert page.evaluate("""[...document.querySelectorAll('pre')].every(each => each.scrollWidth <= each.clientWidth)
      && document.documentElement.scrollWidth <= innerWidth""")


def test_a_sheet_and_its_key_draw_boxes_in_the_same_style():
    styles = []
    for chapter in range(16):
        for question in tg.quiz(chapter, seed=1).questions:
            sheet, key = (picture_of(question, solved=solved) for solved in (False, True))
            styles.append(["in each box" in each for each in (sheet, key)])
    assert all(sheet == key for sheet, key in styles)
    assert [True, True] in styles


def test_pictures_show_what_is_asked_for():
    by_kind = {
        question.kind: question for seed in range(3) for question in tg.quiz(None, seed=seed, questions=16).questions
    }
    by_kind |= {question.kind: question for question in tg.quiz(5, seed=1).questions}
    by_kind |= {question.kind: question for question in tg.quiz(3, seed=1).questions}
    by_kind |= {question.kind: question for question in tg.quiz(7, seed=1).questions}
    assert "tangent" in picture_of(by_kind["tangent"], solved=True)
    assert "grad" in picture_of(by_kind["branch"], solved=True)
    assert "grad" not in picture_of(by_kind["value"], solved=False).partition("</style>")[2]
    assert "in each box" in picture_of(by_kind["hidden"], solved=True)  # many boxes: small ones
    assert picture_of(by_kind["passes"], solved=True) == ""


def test_a_solved_picture_holds_the_answer_and_a_blank_one_does_not():
    for question in tg.quiz(3, seed=4, questions=12).questions:
        if question.kind in ("branch", "inner", "value"):
            description = picture_of(question, solved=True).split("<desc>")[1].split("</desc>")[0]
            assert f" {written(question.answer)}" in description
            blank = picture_of(question, solved=False).split("<desc>")[1].split("</desc>")[0]
            assert "______" in blank


def test_a_picture_that_is_just_as_wide_as_allowed_keeps_its_large_boxes(quiz, monkeypatch):
    question = quiz.questions[0]
    both = [picture_of(question, solved=solved) for solved in (False, True)]
    monkeypatch.setattr(text_sheets, "WIDEST", max(map(width_of, both)))
    assert [picture_of(question, solved=solved) for solved in (False, True)] == both
    monkeypatch.setattr(text_sheets, "WIDEST", max(map(width_of, both)) - 0.5)
    assert width_of(picture_of(question, solved=False)) < width_of(both[0])
