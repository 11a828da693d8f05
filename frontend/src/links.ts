/** A stretch of a comment: plain text, or an address that may be followed. */
export type Stretch = { text: string; href: null } | { text: string; href: string };

const ADDRESS = /https:\/\/[^\s<>"]+/giu;
const CLOSING: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** Splits a text at the addresses in it; only https ones that hide nothing become links. */
export function splitLinks(text: string): Stretch[] {
  const parts: Stretch[] = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const typed = withoutPunctuation(found[0]);
    const link = linkOf(typed);
    if (link === null) continue;
    if (found.index > end) parts.push({ text: text.slice(end, found.index), href: null });
    parts.push(link);
    end = found.index + typed.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null });
  return parts;
}

/** The link that an address makes, or null where it is none or would pass for another. */
function linkOf(typed: string): Stretch | null {
  const url = parsed(typed);
  // What stands before an @ reads like the host and is not: https://bank.example@evil.example
  if (url === null || url.protocol !== "https:" || url.username || url.password) return null;
  if (!url.hostname.includes(".")) return null;
  // The host is shown as it is asked for, in Punycode: letters that look alike lead elsewhere.
  const asTyped = typed.startsWith(`https://${url.host}`);
  return { text: asTyped ? typed : url.href, href: url.href };
}

function parsed(typed: string): URL | null {
  try {
    return new URL(typed);
  } catch {
    return null;
  }
}

/** What ends a sentence behind an address is not part of it. */
function withoutPunctuation(typed: string): string {
  let end = typed.length;
  while (end > 0) {
    const last = typed.charAt(end - 1);
    const opening = CLOSING[last];
    const kept = typed.slice(0, end);
    const closes = opening !== undefined && count(kept, last) > count(kept, opening);
    if (!closes && !/[.,;:!?'…]/u.test(last)) break;
    end -= 1;
  }
  return typed.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
