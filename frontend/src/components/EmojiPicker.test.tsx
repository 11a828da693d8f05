// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { EmojiPicker } from "./EmojiPicker";

const onChoose = vi.fn();
const onClose = vi.fn();

afterEach(cleanup);

test("keys of an input method neither choose, nor leave the field, nor close", async () => {
  render(<EmojiPicker onChoose={onChoose} onClose={onClose} />);
  const search = await screen.findByRole("searchbox");
  search.focus();
  fireEvent.change(search, { target: { value: "grin" } });
  for (const whose of [{ isComposing: true }, { keyCode: 229 }]) {
    for (const key of ["ArrowDown", "Enter", "Escape"])
      fireEvent.keyDown(search, { key, ...whose });
  }
  expect(document.activeElement).toBe(search);
  expect(onChoose).not.toHaveBeenCalled();
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.keyDown(search, { key: "Enter" });
  expect(onChoose).toHaveBeenCalledOnce();
  fireEvent.keyDown(search, { key: "Escape" });
  expect(onClose).toHaveBeenCalledExactlyOnceWith(true);
});
