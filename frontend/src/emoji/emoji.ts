import type { EmojiRow } from "../../emojiData";

/** The emoji: finding them, giving them a skin tone, remembering those of this device. */

export interface Emoji {
  emoji: string;
  label: string;
  /** What else it is looked for by, with the label, in small letters. */
  words: string;
  hasTones: boolean;
}

export interface EmojiSet {
  /** The language of the labels. */
  language: string;
  /** In the order of `s.emoji.groups`. */
  groups: readonly (readonly Emoji[])[];
}

/** Languages that there are labels in; see emojiData.ts. A page in another one gets the English. */
const languages: Record<string, () => Promise<{ default: EmojiRow[][] }>> = {
  en: () => import("virtual:emoji/en"),
};

export const MATCHES_SHOWN = 64;
export const RECENT_KEPT = 24;
/** As modifiers; the first is none. */
export const TONES = ["", "🏻", "🏼", "🏽", "🏾", "🏿"] as const;

const RECENT_STORED = "emoji:recent";
const TONE_STORED = "emoji:tone";

/** Fetches the emoji with labels in the page's language, or in English. */
export async function fetchEmoji(pageLanguage: string): Promise<EmojiSet> {
  const [primary = ""] = pageLanguage.toLowerCase().split("-");
  const language = primary in languages ? primary : "en";
  const rows = (await languages[language]?.())?.default ?? [];
  const groups = rows.map((group) =>
    group.map(([emoji, label, words, hasTones]) => ({
      emoji,
      label,
      words: `${label} ${words}`.toLowerCase(),
      hasTones: hasTones === 1,
    })),
  );
  return { language, groups };
}

/** Those with a word that begins like each of those looked for; labels before other words. */
export function findEmoji({ groups }: EmojiSet, sought: string): Emoji[] {
  const parts = sought.toLowerCase().split(/\s+/u).filter(Boolean);
  if (parts.length === 0) return [];
  const begins = (words: string, part: string) => ` ${words}`.includes(` ${part}`);
  const found = groups
    .flat()
    .filter(({ words, emoji }) => emoji === sought || parts.every((part) => begins(words, part)));
  const isByLabel = ({ label }: Emoji) =>
    parts.every((part) => begins(label.toLowerCase(), part)) ? 0 : 1;
  return found.sort((a, b) => isByLabel(a) - isByLabel(b)).slice(0, MATCHES_SHOWN);
}

/** The emoji in a skin tone: the modifier follows each person and each hand. */
export function toned(
  { emoji, hasTones }: Pick<Emoji, "emoji" | "hasTones">,
  tone: string,
): string {
  if (!hasTones || tone === "") return emoji;
  // People who hold hands are the persons; the handshake between them stays as it is.
  const joined = emoji.includes("\u200d🤝\u200d");
  return emoji.replace(/(\p{Emoji_Modifier_Base})\uFE0F?/gu, (all: string, base: string) =>
    joined && base === "🤝" ? all : base + tone,
  );
}

function read(name: string): string {
  try {
    return window.localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function write(name: string, value: string): void {
  try {
    window.localStorage.setItem(name, value);
  } catch {
    // full or switched off: it holds for this visit only
  }
}

/** What was used on this device, the latest first. */
export function recentEmoji(set: EmojiSet): Emoji[] {
  const known = new Map(set.groups.flat().map((one) => [one.emoji, one]));
  return read(RECENT_STORED)
    .split(" ")
    .flatMap((emoji) => known.get(emoji) ?? []);
}

export function rememberEmoji(emoji: string): void {
  const others = read(RECENT_STORED)
    .split(" ")
    .filter((other) => other !== "" && other !== emoji);
  write(RECENT_STORED, [emoji, ...others].slice(0, RECENT_KEPT).join(" "));
}

export function storedTone(): string {
  const stored = read(TONE_STORED);
  return TONES.find((tone) => tone === stored) ?? "";
}

export function rememberTone(tone: string): void {
  write(TONE_STORED, tone);
}
