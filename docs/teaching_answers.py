"""Print the exercises of the Learn page with their answers, as Markdown.

python docs/teaching_answers.py
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))


def sheet() -> str:
    """Write every exercise, its answer, and the statements of section 8."""
    from mild.ui.learn.questions.beliefs import BELIEFS
    from mild.ui.learn.questions.tasks import EXERCISES

    lines = ["# Exercises and answers", ""]
    for number, exercise in enumerate(EXERCISES, start=1):
        lines += [f"{number}. **{exercise.title}.** {exercise.question}", ""]
        lines += [f"   *Answer:* {exercise.answer()}", ""]
    lines += ["# True or false", ""]
    for number, belief in enumerate(BELIEFS, start=1):
        lines += [f"{number}. {belief.statement} **{belief.true}.** {belief.reason()}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # streamlit warns that no server runs its caches
    print(sheet())
