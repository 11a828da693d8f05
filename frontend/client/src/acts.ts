import { Alarm, type Clock } from "./clock";

/** Answers take milliseconds; one that has not come by now will not. */
const ANSWER_WITHIN_MS = 10_000;

/** Actions that wait for their answers. They are never sent again by themselves. */
export class Acts {
  private readonly unanswered = new Map<string, Alarm>();

  constructor(
    private readonly onLost: (ref: string) => void,
    private readonly clock: Clock,
  ) {}

  sent(ref: string): void {
    const alarm = new Alarm(this.clock);
    alarm.set(ANSWER_WITHIN_MS, () => this.lose(ref));
    this.unanswered.set(ref, alarm);
  }

  /** An answer came; true when it was waited for. */
  settle(ref: string): boolean {
    this.unanswered.get(ref)?.cancel();
    return this.unanswered.delete(ref);
  }

  /** Whatever was sent on a socket that is gone has no answer coming. */
  linkLost(): void {
    for (const ref of [...this.unanswered.keys()]) this.lose(ref);
  }

  private lose(ref: string): void {
    if (this.settle(ref)) this.onLost(ref);
  }
}
