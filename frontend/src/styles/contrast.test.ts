import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Tokens = Record<string, string>;
type Lch = [lightness: number, chroma: number, hue: number];

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function declarations(block: string): Tokens {
  const found = block.matchAll(/--([\w-]+):\s*([^;]+);/gu);
  return Object.fromEntries([...found].map(([, name, value]) => [name!, value!.trim()]));
}

/** The tokens of the one block that this begins. */
function block(start: string): Tokens {
  const from = css.indexOf(start);
  if (from === -1) throw new Error(`no block begins with ${start}`);
  return declarations(css.slice(from, css.indexOf("}", from)));
}

const SCHEMES = ["light", "dark"] as const;
type Scheme = (typeof SCHEMES)[number];

/** What each token is in a scheme: the first or the second of its two colours, or its only one. */
function inScheme(tokens: Tokens, scheme: Scheme): Tokens {
  const pick = (value: string) => {
    const both = /^light-dark\(\s*(oklch\([^)]*\)),\s*(oklch\([^)]*\))\s*\)$/u.exec(value);
    return both === null ? value : both[1 + SCHEMES.indexOf(scheme)]!;
  };
  return Object.fromEntries(Object.entries(tokens).map(([name, value]) => [name, pick(value)]));
}

const usual = block(":root {\n  color-scheme");
const asked = block("@media (prefers-contrast: more) {\n  :root {");
const chosen = block(':root[data-contrast="more"]');

function lch(value: string): Lch {
  const numbers = /oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/u.exec(value);
  if (numbers === null) throw new Error(`not a plain colour: ${value}`);
  return [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
}

/** Relative luminance of an OKLCH colour, its channels clipped to sRGB. */
function luminance([lightness, chroma, hue]: Lch): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (channel: number) => Math.min(1, Math.max(0, channel));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: Lch, b: Lch): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const themes = SCHEMES.flatMap((scheme) => [
  { theme: scheme, scheme, least: 4.5, tokens: inScheme(usual, scheme) },
  {
    theme: `${scheme}, more contrast`,
    scheme,
    least: 7,
    tokens: inScheme({ ...usual, ...chosen }, scheme),
  },
]);

test("more contrast is the same whether the system or the reader asks for it", () => {
  expect(asked).toEqual(chosen);
  expect(Object.keys(chosen).length).toBeGreaterThan(10);
});

describe.each(themes)("$theme: $least to 1", ({ scheme, tokens, least }) => {
  const colour = (name: string) => lch(tokens[name]!);
  const surfaces = ["surface-page", "surface", "surface-raised"];

  test.each(["text", "text-soft", "text-quiet", "accent-text"])(
    "--%s is read on every surface",
    (name) => {
      for (const surface of surfaces) {
        expect(contrast(colour(name), colour(surface)), surface).toBeGreaterThanOrEqual(least);
      }
    },
  );

  test.each([
    ["on-accent", "accent"],
    ["on-accent", "accent-hover"],
    ["warn-text", "warn-wash"],
    ["text", "warn-wash"],
    ["text", "accent-wash"],
    ["accent-text", "accent-wash"],
    ["text-soft", "surface-pressed"],
    ["on-stage-soft", "stage-raised"],
  ])("--%s is read on --%s", (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(least);
  });

  test("strong lines are seen on every surface", () => {
    for (const surface of surfaces) {
      expect(contrast(colour("line-strong"), colour(surface)), surface).toBeGreaterThanOrEqual(3);
    }
  });

  test("a name of any hue is read wherever a row may stand", () => {
    const grounds = ["surface", "surface-raised", "accent-wash", "warn-wash"];
    const [lightness, chroma] = tokens[`name-${scheme}`]!.split(" ").map(Number);
    for (let hue = 0; hue < 360; hue += 1) {
      const name: Lch = [lightness!, chroma!, hue];
      for (const ground of grounds) {
        expect(contrast(name, colour(ground)), `${hue} on ${ground}`).toBeGreaterThanOrEqual(least);
      }
    }
  });
});
