import { speak, type Strings } from "./index";

/** Every language but English, each a chunk of its own. */
export const catalogues: Record<string, () => Promise<Strings>> = {
  ar: () => import("./ar").then(({ ar }) => ar),
};

/** Fetches the words that the page was asked for; where they do not come it stays in English. */
export async function learn({ documentElement: html }: Document): Promise<void> {
  const fetchWords = catalogues[html.lang];
  if (fetchWords === undefined) return;
  try {
    speak(await fetchWords());
  } catch {
    html.lang = "en";
    html.dir = "ltr";
  }
}
