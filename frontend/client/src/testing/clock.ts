import type { Clock } from "../clock";

interface Appointment {
  id: number;
  at: number;
  run: () => void;
}

/** A clock that stands still until a test moves it. `chance` is what random() answers. */
export class TestClock implements Clock {
  private time = 1_800_000_000_000;
  private nextId = 1;
  private appointments: Appointment[] = [];
  chance = 0.5;

  now = () => this.time;
  random = () => this.chance;

  setTimeout = (run: () => void, ms: number): number => {
    const id = this.nextId++;
    this.appointments.push({ id, at: this.time + ms, run });
    return id;
  };

  clearTimeout = (id: number): void => {
    this.appointments = this.appointments.filter((other) => other.id !== id);
  };

  /** Lets time pass, keeping every appointment on the way, and what promises lead to. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settled();
      const next = this.appointments
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (next === undefined) break;
      this.clearTimeout(next.id);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }

  /** The machine sleeps: the time of day goes on, timers stand still. */
  sleep(ms: number): void {
    this.time += ms;
    for (const appointment of this.appointments) appointment.at += ms;
  }
}

/** After every promise that is ready by now has had its say. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
