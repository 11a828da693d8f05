import { formatCount, locale } from "./locale";

const clockTime = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const wallTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const compactNumber = new Intl.NumberFormat(locale, {
  notation: "compact",
  maximumFractionDigits: 1,
});

const two = (value: number) => String(value).padStart(2, "0");

export { formatCount };
export const formatCompact = (count: number) =>
  count < 10_000 ? formatCount(count) : compactNumber.format(count);
export const formatClockTime = (ms: number) => clockTime.format(ms);
export const formatWallTime = (ms: number) => wallTime.format(ms);
export const formatDayAndTime = (at: string | number) => dayAndTime.format(new Date(at));

/** 75 → "1:15", 3675 → "1:01:15". */
export function formatOffset(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** When a comment was said: stream time, or the time of day where the stream has no start. */
export function formatSaidAt(ms: number, startedAt: number | null): string {
  if (startedAt === null || ms < startedAt) return clockTime.format(ms);
  return formatOffset((ms - startedAt) / 1_000);
}

/** Hue of a person's name: stable, and spread over the circle. */
export function hueOf(id: string): number {
  let hash = 2_166_136_261;
  for (const character of id) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  }
  // Neighbouring ids differ in a few low bits only: mix them into all.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 360;
}
