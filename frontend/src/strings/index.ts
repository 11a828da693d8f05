import { en, type Strings } from "./en";

export type { Strings };

/** The words of this page's language. Set once, before anything is drawn. */
export let s: Strings = en;

/** Takes the words of another language for all that is drawn from now on. */
export function speak(strings: Strings): void {
  s = strings;
}
