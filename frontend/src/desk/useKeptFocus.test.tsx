// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, expect, test } from "vitest";
import { useKeptFocus } from "./useKeptFocus";

function List({ rows }: { rows: readonly string[] }) {
  const ref = useRef<HTMLOListElement>(null);
  useKeptFocus(ref);
  return (
    <ol ref={ref}>
      {rows.map((row) => (
        <li key={row} data-row={row} tabIndex={-1} />
      ))}
    </ol>
  );
}

const row = (name: string) => document.querySelector<HTMLElement>(`[data-row="${name}"]`);
const rowInFocus = () => document.activeElement?.getAttribute("data-row");
const settled = () => act(() => new Promise<void>((done) => setTimeout(done)));

function show(...rows: string[]) {
  const { rerender } = render(<List rows={rows} />);
  return (...now: string[]) => rerender(<List rows={now} />);
}

afterEach(cleanup);

test("the next row has the focus when the one that had it leaves", async () => {
  const change = show("a", "b", "c", "d");
  row("c")?.focus();
  change("b", "c", "d");
  change("b", "d");
  await settled();
  expect(rowInFocus()).toBe("d");
  change("b");
  await settled();
  expect(rowInFocus()).toBe("b");
});

test("a row that was left by key is not given the focus by one that comes", async () => {
  const change = show("a", "b");
  row("a")?.focus();
  row("a")?.blur();
  await settled();
  change("a", "b", "c");
  expect(document.activeElement).toBe(document.body);
  change("b", "c");
  expect(document.activeElement).toBe(document.body);
});

test("a list that was emptied does not wait for the next to come", async () => {
  const change = show("a");
  row("a")?.focus();
  change();
  await settled();
  change("b");
  expect(document.activeElement).toBe(document.body);
});

test("a window that is left and come back to keeps its row", async () => {
  const change = show("a", "b");
  row("a")?.focus();
  // What a browser says when the window goes; the row keeps the focus within the page.
  row("a")?.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  await settled();
  change("b");
  expect(rowInFocus()).toBe("b");
});
