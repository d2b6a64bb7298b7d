"""Counting words."""

import re

# Kana and Han characters stand without blanks between words, so each is counted.
EACH_IS_A_WORD = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """Runs of characters between white space, as `wc -w` counts.

    Chinese and Japanese characters are one word each, as word processors count them.
    """
    apart, ideographs = EACH_IS_A_WORD.subn(" ", text)
    return len(apart.split()) + ideographs
