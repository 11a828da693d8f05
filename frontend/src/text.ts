import { COMMENT_MAX_CODEPOINTS, COMMENT_MAX_GRAPHEMES } from "./protocol.gen";

const segmenter =
  typeof Intl.Segmenter === "function"
    ? new Intl.Segmenter(undefined, { granularity: "grapheme" })
    : null;

/** Comments are one line: pasted line breaks become spaces. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/gu, " ");
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

export function isTooLong(text: string): boolean {
  return (
    countGraphemes(text) > COMMENT_MAX_GRAPHEMES || countCodePoints(text) > COMMENT_MAX_CODEPOINTS
  );
}

/** Splits a text at mentions of a name (`@name`, any case); odd places are the mentions. */
export function splitMentions(text: string, name: string | null): string[] {
  if (!name) return [text];
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
  return text.split(new RegExp(`(@${escaped})(?![\\p{L}\\p{N}_])`, "giu"));
}
