/** Time and chance as the socket sees them; tests pass their own. */
export interface Clock {
  now(): number;
  random(): number;
  setTimeout(run: () => void, ms: number): number;
  clearTimeout(id: number): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  // Node answers with an object that is worth its number.
  setTimeout: (run, ms) => Number(setTimeout(run, ms)),
  clearTimeout: (id) => clearTimeout(id),
};

/** A timer that holds at most one appointment. */
export class Alarm {
  private id: number | null = null;
  private due = 0;

  constructor(private readonly clock: Clock) {}

  set(ms: number, run: () => void): void {
    this.cancel();
    this.due = this.clock.now() + ms;
    this.id = this.clock.setTimeout(() => {
      this.id = null;
      run();
    }, ms);
  }

  get pending(): boolean {
    return this.id !== null;
  }

  /** When it will ring; null when it will not. */
  get dueAt(): number | null {
    return this.pending ? this.due : null;
  }

  cancel(): void {
    if (this.id !== null) this.clock.clearTimeout(this.id);
    this.id = null;
  }
}

/** Full jitter: anywhere between nothing and the cap, so that a crowd does not return in step. */
export function jitteredDelay(clock: Clock, attempt: number, minMs: number, maxMs: number): number {
  return Math.round(clock.random() * Math.min(maxMs, minMs * 2 ** attempt));
}

/** A set of listeners; `on` returns the way to leave it. */
export class Signal<T> {
  private readonly listeners = new Set<(value: T) => void>();

  on(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}
