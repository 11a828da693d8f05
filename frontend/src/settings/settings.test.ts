// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { keepChoices } from "./kept";
import { keepAppearance, settings } from "./settings";

const choices = { size: ["medium", "small", "large"], tone: ["quiet", "loud"] } as const;

/** Another tab has written. */
function writeElsewhere(name: string, value: string): void {
  window.localStorage.setItem(name, value);
  window.dispatchEvent(new StorageEvent("storage", { key: name, newValue: value }));
}

beforeEach(() => {
  window.localStorage.clear();
  vi.restoreAllMocks();
});

describe("choices kept on the device", () => {
  test("begin with the first value of each", () => {
    expect(keepChoices("a", choices).store.getState()).toEqual({ size: "medium", tone: "quiet" });
  });

  test("are there again the next time", () => {
    keepChoices("a", choices).change({ size: "large" });
    expect(keepChoices("a", choices).store.getState()).toEqual({ size: "large", tone: "quiet" });
    expect(keepChoices("b", choices).store.getState().size).toBe("medium");
  });

  test.each(["nonsense", "null", "7", '{"size":"huge","tone":"loud"}'])(
    "are made whole when storage holds %s",
    (stored) => {
      window.localStorage.setItem("a", stored);
      const tone = stored.includes("loud") ? "loud" : "quiet";
      expect(keepChoices("a", choices).store.getState()).toEqual({ size: "medium", tone });
    },
  );

  test("hold for the visit when storage is switched off", () => {
    const closed = () => {
      throw new DOMException("closed", "SecurityError");
    };
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(closed);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(closed);
    const kept = keepChoices("a", choices);
    kept.change({ tone: "loud" });
    expect(kept.store.getState().tone).toBe("loud");
  });

  test("follow other tabs until that is ended", () => {
    const kept = keepChoices("a", choices);
    const stop = kept.follow();
    writeElsewhere("a", '{"size":"small"}');
    writeElsewhere("b", '{"size":"large"}');
    expect(kept.store.getState().size).toBe("small");
    stop();
    writeElsewhere("a", '{"size":"large"}');
    expect(kept.store.getState().size).toBe("small");
  });
});

describe("the looks of the page", () => {
  test("are on the root, and follow what is chosen here and elsewhere", () => {
    const root = document.documentElement;
    const stop = keepAppearance(document);
    expect(root.dataset).toMatchObject({ theme: "system", text: "medium", contrast: "system" });
    settings.change({ theme: "dark", times: "hidden" });
    expect(root.dataset).toMatchObject({ theme: "dark", times: "hidden" });
    writeElsewhere("settings", '{"theme":"light","motion":"reduced"}');
    expect(root.dataset).toMatchObject({ theme: "light", times: "shown", motion: "reduced" });
    stop();
  });

  test("colour the browser's bar in both schemes once a theme is chosen", () => {
    document.head.innerHTML = `
      <meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#131217">`;
    const colours = () =>
      [...document.querySelectorAll<HTMLMetaElement>("meta")].map(({ content }) => content);
    const stop = keepAppearance(document);
    settings.change({ theme: "dark" });
    expect(colours()).toEqual(["#131217", "#131217"]);
    settings.change({ theme: "system" });
    expect(colours()).toEqual(["#ffffff", "#131217"]);
    stop();
  });

  test("are the same before the first paint", () => {
    const script = readFileSync("../static/site/appearance.js", "utf8");
    const chosen = {
      text: "large",
      theme: "dark",
      contrast: "more",
      motion: "reduced",
      times: "hidden",
    } as const;
    const stop = keepAppearance(document);
    settings.change(chosen);
    stop();
    const { documentElement: root } = document;
    const looks = () => root.getAttributeNames().map((name) => [name, root.getAttribute(name)]);
    const shown = looks();
    for (const name of root.getAttributeNames()) root.removeAttribute(name);
    window.eval(script);
    expect(looks()).toEqual(shown);
    expect(root.dataset).toMatchObject(chosen);
  });
});
