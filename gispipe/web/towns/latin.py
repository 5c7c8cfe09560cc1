"""Readings in kana written in Latin letters, letter by letter after Hepburn: long vowels stay as kana write them, since kana do not tell them from two."""

from __future__ import annotations

import re

_ONE = dict(zip(
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔん",
    ("a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa i e o "
     "ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo pa pi pu pe po vu n").split(), strict=True))
_SMALL = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_CHOME = re.compile(r"([0-9]+|[一二三四五六七八九十]+)丁目$")
_READ = re.compile(r"(?:[0-9]+|(?:いっ|に|さん|よん|し|ご|ろく|ろっ|なな|しち|はっ|はち|きゅう|く|じゅっ|じっ|じゅう)+)ちょうめ$")
_DIGITS = {kanji: number for number, kanji in enumerate("〇一二三四五六七八九")}


def latin_name(name: str, kana: str) -> str:
    """Return a town's name in Latin letters from its reading, the number of a chome as a number; empty where the reading is not all kana."""
    plain = hiragana(kana)
    chome = _CHOME.search(name)
    if chome is None:
        return latin(plain)
    stem = latin(_READ.sub("", plain)) if plain.endswith("ちょうめ") else ""
    return f"{stem} {_number(chome.group(1))}-chome" if stem else latin(plain)


def latin(plain: str) -> str:
    """Return hiragana in Latin letters with a capital first; empty for what is not all kana."""
    out, before = "", ""
    for letter in plain:
        if letter in _SMALL and out:
            out = _contracted(out, _SMALL[letter])
        elif letter == "ー" and out:
            out += out[-1]
        elif letter in _ONE:
            sound = _ONE[letter]
            if before == "っ":
                sound = ("t" if sound.startswith("ch") else sound[0]) + sound
            out += ("'" if before == "ん" and sound[0] in "aiueoy" else "") + sound
        elif letter != "っ":
            return ""
        before = letter
    return out[:1].upper() + out[1:]


def hiragana(kana: str) -> str:
    """Return katakana as hiragana and leave blanks out."""
    return "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヴ" else letter for letter in kana if not letter.isspace())


def _contracted(out: str, small: str) -> str:
    """Join a small ya, yu, yo or vowel to the sound before it: ki + ya is kya, shi + yu is shu, fu + a is fa."""
    head = out[:-1] if out[-1] in "iue" else out
    return head + (small[1:] if small[0] == "y" and head.endswith(("sh", "ch", "j")) else small)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
