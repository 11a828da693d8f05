import { createStore, type StoreApi } from "zustand/vanilla";

/** The values that each name may have; the first is what holds until something is chosen. */
type Choices = Record<string, readonly [string, ...string[]]>;

export type Chosen<C extends Choices> = { readonly [Name in keyof C]: C[Name][number] };

export interface Kept<C extends Choices> {
  store: StoreApi<Chosen<C>>;
  /** Changes some values and keeps them on this device. */
  change(values: Partial<Chosen<C>>): void;
  /** Takes over what other tabs change from now on. Returns the way to end it. */
  follow(): () => void;
}

/** What storage holds, made whole; storage may be switched off, or hold what another version knew. */
function read<C extends Choices>(name: string, choices: C): Chosen<C> {
  let stored: Partial<Record<string, unknown>> = {};
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(name) ?? "{}");
    if (typeof value === "object" && value !== null) stored = value;
  } catch {
    // as if nothing had been chosen
  }
  const pick = ([key, values]: [string, readonly [string, ...string[]]]) =>
    [key, values.find((value) => value === stored[key]) ?? values[0]] as const;
  return Object.fromEntries(Object.entries(choices).map(pick)) as Chosen<C>;
}

/** A few choices of the reader, kept on the device under one name. */
export function keepChoices<const C extends Choices>(name: string, choices: C): Kept<C> {
  const store = createStore<Chosen<C>>(() => read(name, choices));
  return {
    store,
    change(values) {
      store.setState(values);
      try {
        window.localStorage.setItem(name, JSON.stringify(store.getState()));
      } catch {
        // it holds for this visit only
      }
    },
    follow() {
      const onStorage = ({ key }: StorageEvent) => {
        // null: everything was cleared.
        if (key === null || key === name) store.setState(read(name, choices));
      };
      window.addEventListener("storage", onStorage);
      return () => window.removeEventListener("storage", onStorage);
    },
  };
}
