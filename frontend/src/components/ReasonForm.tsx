import { type KeyboardEvent, useState } from "react";
import { useSession } from "../hooks/useRoom";
import { isTyping } from "../hooks/typing";
import { aboutSubject } from "../moderating";
import { type Action, REASON_MAX_LENGTH } from "live-comments-client";
import {
  deedButtons,
  deedTitles,
  reasonHints,
  TIME_OUT_PRESET,
  timeOutPresets,
  usualReasons,
} from "../staffStrings";
import type { DeedKind, Subject } from "../store/menu";
import styles from "./MenuForm.module.css";

interface ReasonProps {
  reason: string;
  hint: string;
  onChange: (reason: string) => void;
}

/** The reason, which the person is told: a usual one or one's own words. */
function Reason({ reason, hint, onChange }: ReasonProps) {
  return (
    <>
      <div className={styles.chips} role="group" aria-label="Usual reasons">
        {usualReasons.map((usual) => (
          <button
            key={usual}
            type="button"
            aria-pressed={reason === usual}
            onClick={() => onChange(reason === usual ? "" : usual)}
          >
            {usual}
          </button>
        ))}
      </div>
      <input
        className={styles.text}
        type="text"
        value={reason}
        maxLength={REASON_MAX_LENGTH}
        placeholder={hint}
        aria-label="Reason"
        onChange={(event) => onChange(event.target.value)}
      />
    </>
  );
}

interface PresetsProps {
  seconds: number;
  onChange: (seconds: number) => void;
}

function Presets({ seconds: chosen, onChange }: PresetsProps) {
  return (
    <div className={styles.presets} role="group" aria-label="For how long">
      {timeOutPresets.map(({ seconds, label }, index) => (
        <button
          key={seconds}
          type="button"
          aria-pressed={seconds === chosen}
          onClick={() => onChange(seconds)}
        >
          {label} <kbd aria-hidden="true">{index + 1}</kbd>
        </button>
      ))}
    </div>
  );
}

/** What the form asks for; null while there is something missing. */
function actionOf(
  kind: DeedKind,
  { id, hold, user: { id: user } }: Subject,
  reason: string,
  seconds: number,
): Action | null {
  switch (kind) {
    case "warn":
      return reason === "" ? null : { type: "warn_user", user, reason, comment: id };
    case "time_out":
      return { type: "time_out_user", user, seconds, reason };
    case "ban":
      return { type: "ban_user", user, reason };
    case "hide":
      return id === null ? null : { type: "hide_comment", id, reason };
    case "refuse":
      return hold === null ? null : { type: "refuse_held", hold, reason };
    case "clear":
      return { type: "clear_user", user, reason };
  }
}

/** Asks for what an action may need: its reason, and of a time-out how long. */
export function ReasonForm({ subject, kind }: { subject: Subject; kind: DeedKind }) {
  const { actions } = useSession();
  const [reason, setReason] = useState("");
  const [seconds, setSeconds] = useState(TIME_OUT_PRESET);
  const finish = (howLong: number) => {
    const action = actionOf(kind, subject, reason.trim(), howLong);
    if (action === null) return;
    actions.closeMenu();
    actions.act(action, aboutSubject(subject));
  };
  const isTimeOut = kind === "time_out";
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isTimeOut || isTyping(event.target)) return;
    const preset = timeOutPresets[Number(event.key) - 1];
    if (preset) finish(preset.seconds);
  };
  const { name } = subject.user;
  return (
    <form
      className={styles.form}
      aria-label={`${deedTitles[kind]} ${name}`}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        finish(seconds);
      }}
    >
      <h3>
        {deedTitles[kind]} <bdi>{name}</bdi>
      </h3>
      {isTimeOut && <Presets seconds={seconds} onChange={setSeconds} />}
      <Reason reason={reason} hint={reasonHints[kind]} onChange={setReason} />
      <div className={styles.buttons}>
        <button
          type="button"
          data-first={kind === "warn" || undefined}
          onClick={() => actions.closeMenu()}
        >
          Cancel
        </button>
        <button
          type="submit"
          className={styles.main}
          data-first={kind !== "warn" || undefined}
          disabled={kind === "warn" && reason.trim() === ""}
        >
          {deedButtons[kind]}
          {isTimeOut && ` for ${timeOutPresets.find((one) => one.seconds === seconds)?.label}`}
        </button>
      </div>
    </form>
  );
}
