import { COMMENT_MAX_CODEPOINTS, COMMENT_MAX_GRAPHEMES } from "live-comments-client";

const segmenter =
  typeof Intl.Segmenter === "function"
    ? new Intl.Segmenter(undefined, { granularity: "grapheme" })
    : null;

/** Comments are one line: pasted line breaks become spaces. */
export function oneLine(text: string): string {
  // Not by one pattern with spaces around the break: it looks at a long run of spaces again and again.
  return text.replace(/\s+/gu, (spaces) => (/[\r\n\u2028\u2029]/u.test(spaces) ? " " : spaces));
}

/** The text as the server will read it. */
export function cleaned(text: string): string {
  return oneLine(text).normalize("NFC").trim();
}

function countCodePoints(text: string): number {
  return Array.from(text).length;
}

/** How many characters a person sees: an emoji of a family counts as one. */
export function countGraphemes(text: string): number {
  if (text.length === 0) return 0;
  return segmenter === null ? countCodePoints(text) : [...segmenter.segment(text)].length;
}

/** The beginning of a text, cut between graphemes, as the server quotes it. */
export function excerpt(text: string, graphemes: number): string {
  if (text.length <= graphemes) return text;
  const parts =
    segmenter === null
      ? Array.from(text)
      : Array.from(segmenter.segment(text), ({ segment }) => segment);
  return parts.length <= graphemes ? text : `${parts.slice(0, graphemes).join("")}…`;
}

/** How many characters more may be said; negative when there are too many. */
export function charactersLeft(text: string): number {
  return Math.min(
    COMMENT_MAX_GRAPHEMES - countGraphemes(text),
    COMMENT_MAX_CODEPOINTS - countCodePoints(text),
  );
}

/** The pattern of the name that was asked for last: nearly always the reader's own. */
let mention = { name: "", pattern: /(?!)/u };

/** Splits a text at mentions of a name (`@name`, any case); odd places are the mentions. */
export function splitMentions(text: string, name: string | null): string[] {
  if (!name || !text.includes("@")) return [text];
  if (mention.name !== name) {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
    mention = { name, pattern: new RegExp(`(@${escaped})(?![\\p{L}\\p{N}_])`, "giu") };
  }
  return text.split(mention.pattern);
}
