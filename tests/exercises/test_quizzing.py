"""A quiz: the same seed gives the same sheets everywhere, its levels rise, its score counts, its files are whole."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

import tinygrad_edu as tg
from tinygrad_edu.exercises.chapters import CHAPTERS
from tinygrad_edu.exercises.quizzing import Score

ALL_SHEETS = """
import hashlib, json
import tinygrad_edu as tg
made = hashlib.sha256()
for chapter in [*range(16), None]:
    quiz = tg.quiz(chapter, seed=11, questions=4)
    for solved in (False, True):
        for text in (quiz.sheet(solved=solved, steps=True), quiz.svg(solved=solved), quiz.html(solved=solved),
                     json.dumps(quiz.notebook(solved=solved))):
            made.update(text.encode())
print(made.hexdigest())
"""


def test_another_process_with_other_hashes_writes_the_same_bytes():
    printed = {
        subprocess.run(
            [sys.executable, "-c", ALL_SHEETS],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_the_questions_of_a_seed_stay_what_they_are():
    """A changed digest means that sheets which were handed out cannot be made again: say so in the changelog."""
    texts = "\n".join(tg.quiz(chapter, seed=7).text for chapter in [*range(16), None])
    assert hashlib.sha256(texts.encode()).hexdigest()[:16] == DIGEST


DIGEST = "7c6e674cbc213831"


@pytest.mark.parametrize("chapter", [*range(16), None])
def test_levels_rise_and_no_question_comes_twice(chapter):
    for seed in range(5):
        questions = tg.quiz(chapter, seed=seed, questions=12).questions
        levels = [question.level for question in questions]
        assert levels == sorted(levels)
        assert set(levels) == {0, 1, 2}
        assert len({question.text for question in questions}) == 12
    kinds = {question.kind for question in questions}
    assert len(kinds) >= 9 if chapter is None else kinds == {kind.__name__ for kind in CHAPTERS[chapter].kinds}


def test_the_graphs_of_later_questions_are_larger():
    sizes = [[], [], []]
    for seed in range(30):
        for question in tg.quiz("branches", seed=seed, questions=6).questions:
            if question.kind == "branch":
                sizes[question.level].append(len(question.steps))
    means = [sum(each) / len(each) for each in sizes]
    assert means == sorted(set(means))


def test_even_a_chapter_of_few_kinds_fills_the_longest_quiz():
    assert len({question.text for question in tg.quiz(14, seed=1, questions=50).questions}) == 50


def test_a_seed_can_be_a_word_and_a_number_is_the_same_as_its_digits():
    assert tg.quiz(3, seed="7").text == tg.quiz(3, seed=7).text != tg.quiz(3, seed="seven").text
    assert tg.quiz(3, seed=7).text != tg.quiz(4, seed=7).text


def test_without_a_seed_the_title_says_the_one_that_was_drawn():
    quiz = tg.quiz("gates")
    seed = quiz.title.rpartition("seed ")[2].rstrip(")")
    assert tg.quiz(4, seed=seed).text == quiz.text


@pytest.mark.parametrize("questions", [0, 51, -1])
def test_a_number_of_questions_out_of_range_is_refused(questions):
    with pytest.raises(ValueError, match="a quiz has 1 to 50 questions"):
        tg.quiz(3, questions=questions)


@pytest.mark.parametrize(
    ("given", "message"), [({"questions": 2.5}, "questions must be"), ({"seed": 1.5}, "seed must be")]
)
def test_what_is_no_number_is_refused(given, message):
    with pytest.raises(TypeError, match=message):
        tg.quiz(3, **given)
    with pytest.raises(TypeError, match="seed must be"):
        tg.quiz(3, seed=True)


def test_the_score_counts_right_answers():
    quiz = tg.quiz(3, seed=1)
    assert str(quiz.score) == "0 of 5"
    quiz.questions[0].check(quiz.questions[0].answer)
    quiz.questions[1].check("nothing of the kind")
    assert quiz.score == Score(1, 5)


def test_a_notebook_shows_markdown_and_a_terminal_text():
    quiz = tg.quiz(3, seed=1, questions=1)
    assert repr(quiz) == str(quiz) == quiz.text
    assert quiz._repr_markdown_() == quiz.sheet()


@pytest.mark.parametrize("solved", [False, True])
@pytest.mark.parametrize("kind", ["md", "txt", "html", "svg", "ipynb"])
def test_each_kind_of_file_holds_its_sheet(tmp_path, kind, solved):
    quiz = tg.quiz(6, seed=2, questions=3)
    path = tmp_path / f"sheet.{kind.upper() if solved else kind}"
    quiz.save(path, solved=solved)
    content = path.read_bytes()
    assert b"\r" not in content
    text = content.decode()
    assert text.endswith("\n")
    expected = {
        "md": lambda: quiz.sheet(solved=solved),
        "html": lambda: quiz.html(solved=solved),
        "svg": lambda: quiz.svg(solved=solved),
        "txt": lambda: text if quiz.title in text else "",
        "ipynb": lambda: text if json.loads(text) == quiz.notebook(solved=solved) else "",
    }[kind]()
    assert text == expected


@pytest.mark.parametrize("kind", ["md", "txt", "html", "ipynb"])
def test_a_sheet_with_steps_has_blanks_in_each_kind_of_file_that_can(tmp_path, kind):
    path = tmp_path / f"sheet.{kind}"
    tg.quiz(3, seed=7).save(path, steps=True)
    text = path.read_text("utf-8")
    assert text.replace("\\", "").count("The answer is ____.") == 5
    tg.quiz(3, seed=7).save(path)
    assert "The answer is" not in path.read_text("utf-8")


def test_a_picture_with_steps_is_refused_with_the_way_out(tmp_path):
    for solved in (False, True):
        with pytest.raises(ValueError, match=r"a picture has none; end the name in \.md, \.txt, \.html or \.ipynb"):
            tg.quiz(3, seed=7).save(tmp_path / "sheet.svg", steps=True, solved=solved)
    assert list(tmp_path.iterdir()) == []


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.md, \.txt, \.html, \.svg or \.ipynb"):
        tg.quiz(3, seed=1).save(tmp_path / "sheet.pdf")
    with pytest.raises(TypeError, match="name of a file"):
        tg.quiz(3, seed=1).save(7)
    assert list(tmp_path.iterdir()) == []
