import { type KeyboardEvent, useState } from "react";
import { useSession } from "../hooks/useRoom";
import { aboutSubject } from "../moderating";
import { type Action, REASON_MAX_LENGTH } from "../protocol.gen";
import { sanctionReasons, timeOutPresets } from "../staffStrings";
import type { Subject } from "../store/menu";
import styles from "./MenuForm.module.css";

type Kind = "warn" | "time_out" | "ban";

const titles: Record<Kind, string> = { warn: "Warn", time_out: "Time out", ban: "Ban" };

/** The reason, which the person is told: a usual one or one's own words. */
function Reason({ reason, onChange }: { reason: string; onChange: (reason: string) => void }) {
  return (
    <>
      <div className={styles.chips} role="group" aria-label="Usual reasons">
        {sanctionReasons.map((usual) => (
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
        placeholder="Reason (the person is told)"
        aria-label="Reason"
        onChange={(event) => onChange(event.target.value)}
      />
    </>
  );
}

function Presets({ onChoose }: { onChoose: (seconds: number) => void }) {
  return (
    <div className={styles.presets} role="group" aria-label="For how long">
      {timeOutPresets.map(({ seconds, label }, index) => (
        <button
          key={seconds}
          type="button"
          data-first={index === 0 || undefined}
          onClick={() => onChoose(seconds)}
        >
          {label} <kbd aria-hidden="true">{index + 1}</kbd>
        </button>
      ))}
    </div>
  );
}

/** Asks for what a warning, a time-out or a ban needs; digits choose how long. */
export function SanctionForm({ subject, kind }: { subject: Subject; kind: Kind }) {
  const { actions } = useSession();
  const [reason, setReason] = useState("");
  const user = subject.user.id;
  const finish = (action: Action) => {
    actions.closeMenu();
    actions.act(action, aboutSubject(subject));
  };
  const said = reason.trim();
  const timeOut = (seconds: number) =>
    finish({ type: "time_out_user", user, seconds, reason: said });
  const submit = () => {
    if (kind === "ban") finish({ type: "ban_user", user, reason: said });
    else if (kind === "time_out") timeOut(300);
    else if (said) finish({ type: "warn_user", user, reason: said, comment: subject.id });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (kind !== "time_out" || event.target instanceof HTMLInputElement) return;
    const preset = timeOutPresets[Number(event.key) - 1];
    if (preset) timeOut(preset.seconds);
  };
  return (
    <form
      className={styles.form}
      aria-label={`${titles[kind]} ${subject.user.name}`}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h3>
        {titles[kind]} <bdi>{subject.user.name}</bdi>
      </h3>
      {kind === "time_out" && <Presets onChoose={timeOut} />}
      <Reason reason={reason} onChange={setReason} />
      <div className={styles.buttons}>
        <button type="button" onClick={() => actions.closeMenu()}>
          Cancel
        </button>
        {kind !== "time_out" && (
          <button
            type="submit"
            className={styles.main}
            data-first={kind === "ban" || undefined}
            disabled={kind === "warn" && said === ""}
          >
            {titles[kind]}
          </button>
        )}
      </div>
    </form>
  );
}
