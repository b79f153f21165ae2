"""Every kind of question of every chapter is fair: pretty, answered in one way, its hint no give-away."""

import itertools
import re
from fractions import Fraction
from pathlib import Path

import pytest

from tests.questions.reading import samples
from tinygrad_edu.exercises.chapters import CHAPTERS, chapter_of, is_fair, told_apart
from tinygrad_edu.questions import Question
from tinygrad_edu.questions.answers import written
from tinygrad_edu.questions.question import Mistake

COURSE = Path(__file__).parents[2] / "docs" / "course"
KINDS = {kind.__name__: kind for chapter in CHAPTERS for kind in chapter.kinds}


def test_the_chapters_are_those_of_the_course_and_each_has_at_least_two_kinds():
    pages = sorted(COURSE.glob("[0-9][0-9]-*.md"))
    assert [f"{chapter.number:02}-{chapter.name}" for chapter in CHAPTERS] == [page.stem for page in pages]
    assert all(len({kind.__name__ for kind in chapter.kinds}) >= 2 for chapter in CHAPTERS)
    for chapter, page in zip(CHAPTERS, pages, strict=True):
        assert page.read_text("utf-8").splitlines()[0].startswith(f"# {chapter.number}. {chapter.title}")


@pytest.mark.parametrize("asked", [3, "3", "03", "branches", "Branches", "03-branches", " branches "])
def test_a_chapter_is_found_by_number_or_name(asked):
    assert chapter_of(asked).number == 3


@pytest.mark.parametrize(
    ("asked", "hint"), [("gate", "did you mean 'gates'"), (16, "0 to 15"), (-1, "0 to 15"), ("x" * 1000, "0 to 15")]
)
def test_another_chapter_is_refused_with_what_there_is(asked, hint):
    with pytest.raises(ValueError, match="there is no chapter") as caught:
        chapter_of(asked)
    assert hint in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_question_is_fair(name):
    for question in samples(KINDS[name], 40):
        answer, text = written(question.answer), question.text
        assert isinstance(question.answer, Fraction)
        assert len(answer) <= 9, text
        assert len(text.splitlines()) <= 10
        assert all(len(line) <= 150 for line in text.splitlines())
        assert text.count("?") == 1
        assert answer not in re.findall(r"-?\d+(?:[./]\d+)?", question.hint()), text
        assert question.hint().endswith((".", "?"))
        assert question.kind == name
        assert question.check(answer), text
        assert question.check(question.answer), text


@pytest.mark.parametrize("name", KINDS)
def test_each_mistake_is_told_in_its_words_or_not_at_all(name):
    for question in samples(KINDS[name], 10):
        for number in told_apart(question):
            verdict = question.check(number)
            words = [mistake.words for mistake in question.mistakes if mistake.number == number]
            assert not verdict
            assert verdict.text == f"Not right: {words[0]}."
        for number, mistakes in itertools.groupby(sorted(question.mistakes), key=lambda mistake: mistake.number):
            if len({mistake.words for mistake in mistakes}) > 1 and number != question.answer:
                assert question.check(number).text == "Not right."


@pytest.mark.parametrize("name", KINDS)
def test_the_solution_ends_with_the_answer_and_the_blank_one_has_no_number_of_it(name):
    for question in samples(KINDS[name], 4):
        solution, blank = question.solution(), question.solution(blanks=True)
        assert solution.text.endswith(f"The answer is {written(question.answer)}.")
        assert blank.text.endswith("The answer is ____.")
        assert len(blank.text.splitlines()) >= len(solution.text.splitlines()) - 4
        given = [*question.steps, question.given, question.asks]
        left = re.findall(r"(?<![\w.])\d+\.\d+", blank.text.replace("\n", " "))
        assert all(any(number in line for line in given) for number in left), (left, blank.text)


def test_kinds_have_enough_variety():
    for name, kind in KINDS.items():
        texts = {question.text for question in samples(kind, 60)}
        assert len(texts) >= 25, (name, len(texts))


def test_what_gives_itself_away_is_not_fair():
    mistake = (Mistake(Fraction(4), "you guessed"),)
    assert is_fair(Question("", [], "?", Fraction(3), "Count.", mistake))
    assert not is_fair(Question("", [], "?", Fraction(3), "Count to 3.", mistake))
    assert not is_fair(Question("", [], "?", Fraction(3), "Count.", (Mistake(Fraction(3), "no mistake"),)))
    assert not is_fair(Question("", [], "?", Fraction(3, 1201), "Count.", mistake))
    assert not is_fair(Question("", [], "?", Fraction(12_001), "Count.", mistake))
    for largest in (Fraction(1100), Fraction(-1100), Fraction(1, 1100)):
        assert is_fair(Question("", [], "?", largest, "Count.", mistake))
    for beyond in (Fraction(1101), Fraction(-1101), Fraction(1, 1101)):
        assert not is_fair(Question("", [], "?", beyond, "Count.", mistake))
