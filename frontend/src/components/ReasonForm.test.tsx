// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createActions } from "../actions";
import type { Boot } from "../boot";
import { RoomContext } from "../hooks/useRoom";
import type { RoomSocket } from "live-comments-client";
import { createViewerStore } from "../store";
import { type DeedKind, type Subject, subjectOfComment, subjectOfHeld } from "../store/menu";
import { comment } from "live-comments-client/testing/messages";
import { ReasonForm } from "./ReasonForm";

const bo = { id: "8", name: "Bo" };
const shown = subjectOfComment(comment(5, { user: bo }));
const waiting = subjectOfHeld({ hold: "3", user: bo, text: "?", at: 1, reason: "review" });
const boot = { slug: "demo", user: { id: 7, name: "Ana" } } as unknown as Boot;
const sent = vi.fn((_ref: string, action: unknown) => action !== null);

function show(kind: DeedKind, subject: Subject = shown): void {
  const store = createViewerStore();
  const actions = createActions(boot, store, { act: sent } as unknown as RoomSocket);
  render(
    <RoomContext value={{ boot, store, actions }}>
      <ReasonForm subject={subject} kind={kind} />
    </RoomContext>,
  );
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
const action = () => sent.mock.lastCall?.[1];

beforeEach(() => sent.mockClear());
afterEach(cleanup);

describe("a time-out", () => {
  test("is chosen, given a reason in whatever order, and placed by one button", () => {
    show("time_out");
    press(/^7 days/u);
    press("Off topic");
    press(/^1 h/u);
    expect(sent).not.toHaveBeenCalled();
    press("Time out for 1 h");
    const reason = "Off topic";
    expect(action()).toEqual({ type: "time_out_user", user: "8", seconds: 3_600, reason });
  });

  test("is placed at once by a digit, with the reason so far", () => {
    show("time_out");
    press("Spoilers");
    fireEvent.keyDown(screen.getByRole("form"), { key: "9" });
    expect(action()).toMatchObject({ seconds: 1_209_600, reason: "Spoilers" });
  });

  test("is not placed by a digit that is typed into the reason", () => {
    show("time_out");
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "3" });
    expect(sent).not.toHaveBeenCalled();
  });
});

test("a warning needs its reason", () => {
  show("warn");
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Warn" });
  expect(button.disabled).toBe(true);
  press("Spoilers");
  press("Warn");
  expect(action()).toEqual({ type: "warn_user", user: "8", reason: "Spoilers", comment: "5" });
});

test.each([
  ["hide", shown, "Hide", { type: "hide_comment", id: "5" }],
  ["refuse", waiting, "Refuse", { type: "refuse_held", hold: "3" }],
  ["clear", shown, "Remove all", { type: "clear_user", user: "8" }],
  ["ban", shown, "Ban", { type: "ban_user", user: "8" }],
] as const)("%s may have a reason, and may have none", (kind, subject, name, wanted) => {
  show(kind, subject);
  press(name);
  expect(action()).toEqual({ ...wanted, reason: "" });
  press("Spoilers");
  press(name);
  expect(action()).toEqual({ ...wanted, reason: "Spoilers" });
});
