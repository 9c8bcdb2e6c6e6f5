"""The exercises as a sheet for a class: a page of questions, and a page of answers."""

from __future__ import annotations

import re
from html import escape

from mild.ui.learn.questions.tasks import EXERCISES, Exercise

TITLE = "Which labels are wrong? Exercises"
_STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #e8eaed; color: #111; font: 10.5pt/1.4 Georgia, serif; }
main { box-sizing: border-box; width: 210mm; max-width: 100%; margin: 8mm auto; padding: 14mm 16mm;
  background: #fff; }
h1 { margin: 0 0 1mm; font-size: 15pt; }
p { margin: 0; }
.who { display: flex; gap: 8mm; margin: 3mm 0 4mm; }
.who span { flex: 1; border-bottom: 0.3mm solid #888; padding-bottom: 1mm; }
ol { margin: 0; padding-left: 6mm; }
li { margin-bottom: 2.2mm; break-inside: avoid; }
.line { margin-top: 6.5mm; border-bottom: 0.3mm solid #888; }
.answers { font-size: 10pt; }
.bar { text-align: center; padding: 4mm 0 0; }
.bar button { font: inherit; padding: 2mm 6mm; }
@page { size: A4; margin: 13mm 15mm; }
@media print {
  body { background: #fff; }
  main { width: auto; margin: 0; padding: 0; }
  main + main { break-before: page; }
  .bar { display: none; }
}
"""


def printable_sheet() -> str:
    """Return a whole HTML page that prints on two sides of A4: questions, then answers."""
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{escape(TITLE)}</title>',
            f"<style>{_STYLE}</style></head><body>",
            '<p class="bar"><button type="button" onclick="print()">Print</button></p>',
            f"<main><h1>{escape(TITLE)}</h1>",
            "<p>The metric M of an image: the epochs in which it was misclassified, minus those in "
            "which it was memorized.</p>",
            '<p class="who"><span>Name</span><span>Date</span></p>',
            f"<ol>{''.join(map(_question, EXERCISES))}</ol></main>",
            f'<main class="answers"><h1>Answers</h1><ol>{"".join(map(_answer, EXERCISES))}</ol>',
            "</main></body></html>",
        ]
    )


def _question(exercise: Exercise) -> str:
    """Write a question with one line for a number, and two for a sentence."""
    lines = '<div class="line"></div>' * (1 if exercise.number else 2)
    return f"<li><b>{escape(exercise.title)}.</b> {escape(exercise.question)}{lines}</li>"


def _answer(exercise: Exercise) -> str:
    return f"<li><b>{escape(exercise.title)}.</b> {_shown(exercise.answer())}</li>"


def _shown(text: str) -> str:
    """Escape text and show its emphasis, which is written as in Markdown."""
    return re.sub(r"\*(\w+)\*", r"<i>\1</i>", escape(text))
