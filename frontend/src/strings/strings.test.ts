import { describe, expect, test } from "vitest";
import { ar } from "./ar";
import { en } from "./en";
import { s, speak } from "./index";
import { catalogues, learn } from "./learn";

type Words = string | null | ((...parts: number[]) => string) | { [key: string]: Words };

/** Every word of a catalogue by its path. */
function leaves(words: Words, path = ""): [string, Words][] {
  if (words === null || typeof words !== "object") return [[path, words]];
  return Object.entries(words).flatMap(([key, part]) => leaves(part, `${path}.${key}`));
}

const languages = Object.entries({ en, ar }) as unknown as [string, Words][];

/** More than two and less than eleven, so that no language leaves them out or writes them. */
const PARTS = [7, 8, 9];

describe.each(languages)("%s", (_, words) => {
  const list = leaves(words);

  test("has the same keys, each for the same kind of word", () => {
    const kinds = list.map(([path, word]) => `${path} ${typeof word}`).sort();
    const english = leaves(en as unknown as Words).map(([path, word]) => `${path} ${typeof word}`);
    expect(kinds).toEqual(english.sort());
  });

  test("has no empty word", () => {
    const said = list.map(([path, word]) => [path, typeof word === "function" ? word(7, 8) : word]);
    const empty = said.filter(([, word]) => typeof word === "string" && word.trim() === "");
    expect(empty).toEqual([]);
  });

  test("loses nothing that a sentence is given", () => {
    const lost = list.filter(([, word]) => {
      if (typeof word !== "function") return false;
      const parts = PARTS.slice(0, word.length);
      const sentence = word(...parts);
      return parts.length === 0 || parts.some((part) => !sentence.includes(String(part)));
    });
    expect(lost.map(([path]) => path)).toEqual([]);
  });
});

test("every catalogue but English is a chunk that can be fetched", () => {
  expect(Object.keys(catalogues)).toEqual(languages.map(([code]) => code).slice(1));
});

test("Arabic is in Arabic", () => {
  const latin = leaves(ar as unknown as Words).filter(
    ([, word]) => typeof word === "string" && !/\p{Script=Arabic}/u.test(word),
  );
  expect(latin).toEqual([]);
});

test.each([
  [0, "لا مشاهدين"],
  [1, "مشاهد واحد"],
  [2, "مشاهدان"],
  [3, "3 مشاهدين"],
  [10, "10 مشاهدين"],
  [11, "11 مشاهدًا"],
  [99, "99 مشاهدًا"],
  [100, "100 مشاهد"],
  [102, "102 مشاهد"],
  [103, "103 مشاهدين"],
  [1_111, "1,111 مشاهدًا"],
])("Arabic says how many: %i", (count, words) => {
  expect(ar.stream.viewers(count)).toBe(words);
});

test("Arabic says how long", () => {
  expect([1, 2, 3, 11, 100].map(ar.wait.days)).toEqual([
    "يوم واحد",
    "يومين",
    "3 أيام",
    "11 يومًا",
    "100 يوم",
  ]);
  expect(ar.post.tryAgainIn(ar.wait.seconds(2))).toBe("تمكن إعادة المحاولة بعد ثانيتين.");
});

describe("a page", () => {
  const page = (lang: string) =>
    ({ documentElement: { lang, dir: lang === "ar" ? "rtl" : "ltr" } }) as unknown as Document;

  test("speaks the language that it says", async () => {
    await learn(page("en"));
    expect(s).toBe(en);
    await learn(page("ar"));
    expect(s).toBe(ar);
    speak(en);
  });

  test("stays in English where the words do not come", async () => {
    const fetchWords = catalogues.ar!;
    catalogues.ar = () => Promise.reject(new Error("away"));
    const asked = page("ar");
    await learn(asked);
    catalogues.ar = fetchWords;
    expect(s).toBe(en);
    expect(asked.documentElement).toEqual({ lang: "en", dir: "ltr" });
  });
});
