/** Before anything has been measured: a row of one line. */
const ROW_PX = 26;

/** How high rows are: as they were last drawn, and a guess for all others. */
export class RowHeights {
  private readonly drawn = new Map<string, number>();
  private total = 0;
  private setting = "";
  private guess = ROW_PX;

  /** Takes the heights of the rows that are drawn now. */
  measure(list: HTMLElement): void {
    // In another width, or written larger, the same words take another height.
    const { text = "" } = document.documentElement.dataset;
    const setting = `${list.clientWidth} ${text}`;
    if (setting !== this.setting) {
      this.drawn.clear();
      this.total = 0;
      this.setting = setting;
    }
    for (const row of list.querySelectorAll<HTMLElement>("[data-row]")) {
      this.note(row.dataset.row ?? "", row.offsetHeight);
    }
  }

  note(key: string, height: number): void {
    this.total += height - (this.drawn.get(key) ?? 0);
    this.drawn.set(key, height);
  }

  /**
   * Guesses anew, by the mean of what was drawn. Not while somebody reads: each change of the guess
   * moves what is above them, and putting it back can stop a scroll that is under way.
   */
  learn(): void {
    if (this.drawn.size > 0) this.guess = this.total / this.drawn.size;
  }

  /** Where each row begins, from 0; one more for the end of the last. */
  tops(keys: readonly string[]): Float64Array {
    const tops = new Float64Array(keys.length + 1);
    keys.forEach((key, place) => {
      tops[place + 1] = (tops[place] ?? 0) + (this.drawn.get(key) ?? this.guess);
    });
    return tops;
  }

  /** Forgets rows that the list no longer has. */
  keepOnly(keys: readonly string[]): void {
    if (this.drawn.size < 2 * keys.length + 1_000) return;
    const kept = new Set(keys);
    for (const [key, height] of this.drawn) {
      if (kept.has(key)) continue;
      this.drawn.delete(key);
      this.total -= height;
    }
  }
}

/** The first of ascending values, from 0, that is above `value`; their number when none is. */
export function firstAbove(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
