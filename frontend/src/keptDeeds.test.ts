// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";
import type { Boot } from "./boot";
import { keepDeeds } from "./keptDeeds";
import { createViewerStore } from "./store";
import { addDeed, type Deed } from "./store/deeds";

const boot = (slug = "demo", id = 7) => ({ slug, user: { id, name: "Ana" } }) as unknown as Boot;
const deed = (ref: string, changes: Partial<Deed> = {}): Deed => ({
  ref,
  action: { type: "hide_comment", id: "5" },
  about: { name: "Bo", text: "hm" },
  at: 1,
  state: "done",
  undo: { type: "restore_comment", id: "5", hidden_by: "9" },
  code: null,
  undoes: null,
  isUnwanted: false,
  ...changes,
});

function reload(here = boot()) {
  const store = createViewerStore();
  keepDeeds(store, here);
  return store;
}

const refs = (store: ReturnType<typeof reload>) => store.getState().deeds.list.map((d) => d.ref);

beforeEach(() => window.sessionStorage.clear());

describe("one's own actions", () => {
  test("outlast a reload with their undo, but only where there is one", () => {
    const store = reload();
    const fresh = [
      deed("a"),
      deed("b", { state: "undone" }),
      deed("c", { state: "pending", undo: null }),
      deed("d", { state: "refused", code: "conflict" }),
      deed("e", { undo: null }),
      deed("f", { undoes: "b" }),
    ];
    store.setState(({ deeds }) => ({ deeds: fresh.reduce(addDeed, deeds) }));
    const after = reload();
    expect(refs(after)).toEqual(["a", "b"]);
    expect(after.getState().deeds.list[0]).toEqual(deed("a"));
  });

  test("are of one stream and one person", () => {
    reload().setState({ deeds: { list: [deed("a")] } });
    expect(refs(reload(boot("other")))).toEqual([]);
    expect(refs(reload(boot("demo", 8)))).toEqual([]);
    expect(refs(reload())).toEqual(["a"]);
  });

  test("are never more than the list holds", () => {
    const store = reload();
    for (let number = 0; number < 70; number += 1) {
      store.setState(({ deeds }) => ({ deeds: addDeed(deeds, deed(`d${number}`)) }));
    }
    expect(refs(reload())).toHaveLength(50);
    expect(refs(reload()).at(-1)).toBe("d69");
  });

  test("what is stored and not understood is no list", () => {
    window.sessionStorage.setItem("deeds:demo:7", "{");
    expect(refs(reload())).toEqual([]);
  });
});
