/** Puts a text into a field in place of a part of it, as if it had been typed; the caret follows. */
export function replaceInField(
  field: HTMLTextAreaElement,
  text: string,
  start: number,
  end: number,
): void {
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Puts a text where the caret is, over what is selected. */
export function insertAtCaret(field: HTMLTextAreaElement, text: string): void {
  replaceInField(field, text, field.selectionStart, field.selectionEnd);
}

/** True while a key belongs to an input method: an Enter then chooses a word of it. */
export function isOfInputMethod(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  // Safari ends the composition before the key that ended it; only the old key code still tells.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing newer says this
  return event.isComposing || event.keyCode === 229;
}
