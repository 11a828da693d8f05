import { describe, expect, test } from "vitest";
import type { Float } from "../store/reactions";
import { drawFloats, lifeMs, poseOf, type Sprites } from "./rising";

const float = (changes: Partial<Float> = {}): Float => {
  return { id: 1, kind: "like", lane: 0.5, delayMs: 100, bornAt: 0, ...changes };
};

/** A canvas that notes what is drawn, and how strongly. */
function paper() {
  const drawn: { image: unknown; y: number; alpha: number }[] = [];
  const context = {
    canvas: { width: 200, height: 400 },
    globalAlpha: 1,
    clearRect: () => undefined,
    drawImage(image: unknown, _x: number, y: number) {
      drawn.push({ image, y, alpha: context.globalAlpha });
    },
  };
  return { context: context as unknown as CanvasRenderingContext2D, drawn };
}

const picture = (name: string) => ({ name, complete: true, naturalWidth: 64 });
const [like, wow] = [picture("like"), picture("wow")];
const sprites = { like, wow } as unknown as Sprites;

describe("a float", () => {
  test("starts after its delay, rises, fades and ends", () => {
    const life = lifeMs(float());
    expect(poseOf(float(), 50)).toBeNull();
    const poses = [0.02, 0.3, 0.6, 0.98].map((part) => poseOf(float(), 100 + part * life));
    const heights = poses.map((pose) => pose?.y ?? -1);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect(poses[1]?.opacity).toBe(1);
    expect(poses[0]?.opacity).toBeLessThan(0.5);
    expect(poses[3]?.opacity).toBeLessThan(0.5);
    expect(poseOf(float(), 100 + life)).toBeNull();
  });

  test("stays within its strip, whatever its lane", () => {
    for (const lane of [0, 0.25, 0.5, 0.75, 1]) {
      for (let part = 0; part < 1; part += 0.05) {
        const one = float({ lane });
        const pose = poseOf(one, 100 + part * lifeMs(one));
        expect(pose?.x).toBeGreaterThanOrEqual(0);
        expect(pose?.x).toBeLessThanOrEqual(1);
      }
    }
  });
});

test("all are drawn, and those that have ended are told", () => {
  const { context, drawn } = paper();
  const floats = [
    float(),
    float({ id: 2, kind: "wow", bornAt: 9_000 }),
    float({ id: 3, bornAt: 9_990 }),
  ];
  expect(drawFloats(context, floats, sprites, 30, 10_000)).toEqual([1]);
  expect(drawn.map(({ image }) => image)).toEqual([wow]);
  expect(drawn[0]?.y).toBeLessThan(370);
});

test.each([
  ["broken", { complete: true, naturalWidth: 0 }],
  ["on its way", { complete: false, naturalWidth: 64 }],
])("a picture that is %s is left out, and its float ends in time", (_, away) => {
  const { context, drawn } = paper();
  const some = { like: away, wow } as unknown as Sprites;
  const floats = [float(), float({ id: 2, kind: "wow" })];
  expect(drawFloats(context, floats, some, 30, 1_000)).toEqual([]);
  expect(drawn.map(({ image }) => image)).toEqual([wow]);
  expect(drawFloats(context, floats, some, 30, 10_000)).toEqual([1, 2]);
});
