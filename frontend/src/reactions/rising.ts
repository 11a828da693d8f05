import type { ReactionKind } from "live-comments-client";
import type { Float } from "../store/reactions";

/** Where a float is at a moment: relative to the lower end of the strip, in its own sizes. */
export interface Pose {
  /** From the left edge, 0 to 1 of the strip's width. */
  x: number;
  /** How high it has risen, 0 to 1 of the strip's height. */
  y: number;
  scale: number;
  opacity: number;
}

const RISES_MS = 2_200;
const SLOWEST_MORE_MS = 900;

export const lifeMs = ({ lane }: Float) => RISES_MS + lane * SLOWEST_MORE_MS;

/** Slow at both ends of the way from 0 to 1. */
const eased = (part: number) => 1 - (1 - part) ** 1.8;

/** The pose of a float so long after it was born; null before it starts and after it has ended. */
export function poseOf(float: Float, sinceMs: number): Pose | null {
  const part = (sinceMs - float.delayMs) / lifeMs(float);
  if (part < 0 || part >= 1) return null;
  const appearing = Math.min(1, part / 0.12);
  const leaving = Math.min(1, (1 - part) / 0.3);
  const sway = Math.sin(part * 2 * Math.PI) * (float.lane - 0.5) * 0.2;
  return {
    x: float.lane * 0.8 + 0.1 + sway,
    y: eased(part) * 0.8,
    scale: 0.4 + 0.6 * appearing,
    opacity: Math.min(appearing, leaving),
  };
}

export type Sprites = Record<ReactionKind, HTMLImageElement>;

/** False while it is fetched, and when it could not be: a canvas throws at a broken picture. */
const isThere = ({ complete, naturalWidth }: HTMLImageElement) => complete && naturalWidth > 0;

/** Draws all floats of a moment; returns those that have ended. Sizes in pixels of the canvas. */
export function drawFloats(
  context: CanvasRenderingContext2D,
  floats: readonly Float[],
  sprites: Sprites,
  sizePx: number,
  now: number,
): number[] {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  const ended: number[] = [];
  for (const float of floats) {
    const since = now - float.bornAt;
    const pose = poseOf(float, since);
    if (pose === null) {
      if (since > float.delayMs) ended.push(float.id);
      continue;
    }
    const sprite = sprites[float.kind];
    if (!isThere(sprite)) continue;
    const size = sizePx * pose.scale;
    context.globalAlpha = pose.opacity;
    const x = pose.x * (width - size);
    const y = (1 - pose.y) * (height - size);
    context.drawImage(sprite, x, y, size, size);
  }
  return ended;
}
