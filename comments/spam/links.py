"""Find links in a text. Sync, pure, a few microseconds.

What a reader could follow or copy counts: addresses with a scheme or `www.`, and bare host names
under the domains that links mostly have. The page makes anchors of https addresses alone.
"""

import re
import unicodedata

import regex

# A bare name is taken for one only under these: "wait.what" is a typing slip, not a host.
_ENDINGS = (
    r"(?:com|net|org|info|biz|xyz|top|online|site|shop|store|club|link|click|app|dev|io|gg|tv|cc|ly"
    r"|ru|cn|tk|ml|ga|cf|gq|su|ws|de|fr|uk|eu|br|jp|kr|pl|nl|xn--\w+)(?![\w-])(?!\.\w)"
)
# Words as well: only with a path behind them.
_WORDS = r"(?:at|be|co|es|in|is|it|live|me|so|to|us)/\w"
_DOT_IN_WORD = re.compile(r"\.\w")
_LABEL = r"[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\."
_LINK = regex.compile(
    r"\b[a-z][a-z0-9+.-]{1,15}://\S"  # any scheme
    r"|\bwww\.\w"
    rf"|(?<![\w.@-])(?:{_LABEL}){{1,5}}(?:{_ENDINGS}|{_WORDS})",
    regex.IGNORECASE,
)


def has_link(text: str) -> bool:
    """True when a text that was cleaned names an address that one may go to."""
    if text.isascii() and "://" not in text and not _DOT_IN_WORD.search(text):
        return False  # most of all chat
    # Wide letters and dots of other scripts are what a browser makes of them.
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    if "://" not in plain and not _DOT_IN_WORD.search(plain):
        return False
    return _LINK.search(plain) is not None
