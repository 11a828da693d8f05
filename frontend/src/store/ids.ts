/** The first millisecond that an id can hold (livecomments/ids.py). */
const EPOCH_MS = Date.UTC(2026, 0);

/** When an id was given, in Unix ms of the server's clock: its upper bits. */
export function idTime(id: string): number {
  return EPOCH_MS + Number(BigInt(id) >> 22n);
}

/** Orders ids, which are decimal strings beyond 2^53: shorter is smaller, then by digits. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
