import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Tokens = Record<string, string>;
type Lch = [lightness: number, chroma: number, hue: number];

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function declarations(block: string): Tokens {
  const found = block.matchAll(/--([\w-]+):\s*([^;]+);/gu);
  return Object.fromEntries([...found].map(([, name, value]) => [name!, value!.trim()]));
}

const [lightBlock, darkBlock] = css.split("@media (prefers-color-scheme: dark)");
const light = declarations(lightBlock!);
const dark = { ...light, ...declarations(darkBlock!) };

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

describe.each([
  ["light", light],
  ["dark", dark],
])("in the %s theme", (_, tokens) => {
  const colour = (name: string) => lch(tokens[name]!);
  const surfaces = ["surface-page", "surface", "surface-raised"];

  test.each(["text", "text-soft", "text-quiet", "accent-text"])(
    "--%s keeps 4.5:1 on every surface",
    (name) => {
      for (const surface of surfaces) {
        expect(contrast(colour(name), colour(surface)), surface).toBeGreaterThanOrEqual(4.5);
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
  ])("--%s keeps 4.5:1 on --%s", (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test("a name of any hue keeps 4.5:1 wherever a row may stand", () => {
    const grounds = ["surface", "surface-raised", "accent-wash", "warn-wash"];
    for (let hue = 0; hue < 360; hue += 1) {
      const name: Lch = [Number(tokens["name-lightness"]), Number(tokens["name-chroma"]), hue];
      for (const ground of grounds) {
        expect(contrast(name, colour(ground)), `${hue} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});
