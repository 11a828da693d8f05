import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/**
 * `virtual:emoji/<language>`: what the picker needs of emojibase-data, a third of its size. Each
 * language is a chunk of its own.
 */

interface Source {
  emoji: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
  version: number;
  skins?: { version: number }[];
}

/** Newer ones are an empty box on most devices. */
const NEWEST_VERSION = 15.1;
/** Skin tones and hair: parts of other emoji. */
const GROUP_OF_PARTS = 2;

/** `[emoji, label, other words, 1 if it has skin tones]` for each, in the groups of Unicode. */
export type EmojiRow = [emoji: string, label: string, words: string, hasTones: 0 | 1];

const PREFIX = "virtual:emoji/";
const require = createRequire(import.meta.url);

export function emojiRows(language: string): EmojiRow[][] {
  const path = require.resolve(`emojibase-data/${language}/data.json`);
  const groups: EmojiRow[][] = [];
  const shown = (JSON.parse(readFileSync(path, "utf8")) as Source[])
    .filter(({ group, version }) => group !== GROUP_OF_PARTS && version <= NEWEST_VERSION)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  for (const { emoji, label, tags = [], group, skins = [] } of shown) {
    if (group === undefined) continue;
    const hasTones = skins[0] !== undefined && skins[0].version <= NEWEST_VERSION ? 1 : 0;
    (groups[group] ??= []).push([emoji, label, tags.join(" "), hasTones]);
  }
  return groups.filter((_, group) => group !== GROUP_OF_PARTS);
}

export function emojiData(): Plugin {
  return {
    name: "emoji-data",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const rows = JSON.stringify(emojiRows(id.slice(PREFIX.length + 1)));
      return `export default JSON.parse(${JSON.stringify(rows)})`;
    },
  };
}
