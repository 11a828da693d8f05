import { type Chosen, keepChoices } from "./kept";

const choices = {
  text: ["medium", "small", "large", "x-large"],
  theme: ["system", "light", "dark"],
  contrast: ["system", "more"],
  motion: ["system", "reduced"],
  times: ["shown", "hidden"],
  /** What screen readers are told of. */
  announce: ["all", "mentions", "off"],
} as const;

export type Settings = Chosen<typeof choices>;
export type SettingName = keyof typeof choices;

/** How the product looks and speaks on this device; all its pages and tabs share it. */
export const settings = keepChoices("settings", choices);

/** Those that style sheets read from the root; static/site/appearance.js sets them before the page
 *  is painted for the first time. */
const APPEARANCE = ["text", "theme", "contrast", "motion", "times"] as const;

const BAR_COLOURS = { light: "#ffffff", dark: "#131217" };

function show(page: Document, chosen: Settings): void {
  for (const name of APPEARANCE) page.documentElement.dataset[name] = chosen[name];
  for (const bar of page.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    const scheme = bar.matches("[media*=dark]") ? "dark" : "light";
    bar.content = BAR_COLOURS[chosen.theme === "system" ? scheme : chosen.theme];
  }
}

/** Keeps the page as it was chosen, in this tab or in another. Returns the way to end it. */
export function keepAppearance(page: Document): () => void {
  const forget = settings.follow();
  const stop = settings.store.subscribe((chosen) => show(page, chosen));
  show(page, settings.store.getState());
  return () => {
    stop();
    forget();
  };
}
