import { useCountdown } from "../hooks/useCountdown";
import { useRoom } from "../hooks/useRoom";
import { formatOffset } from "../format";
import { selectCooldownUntil } from "../store/selectors";
import { s } from "../strings";
import { formatWait } from "../waits";
import { Icon } from "./Icon";
import styles from "./SendButton.module.css";

/** Sends; while the room makes one wait, it counts down instead. */
export function SendButton({ canSend }: { canSend: boolean }) {
  const waitSeconds = useCountdown(useRoom(selectCooldownUntil));
  if (waitSeconds > 0) {
    const isShort = waitSeconds < 60;
    const clock = formatOffset(waitSeconds);
    return (
      <button
        type="submit"
        className={styles.wait}
        disabled
        // What is seen is part of what is read: 42 of “42 s”, or 1:59.
        aria-label={s.composer.canSendIn(isShort ? formatWait(waitSeconds) : clock)}
      >
        {isShort ? waitSeconds : clock}
      </button>
    );
  }
  return (
    <button
      type="submit"
      className={styles.send}
      disabled={!canSend}
      aria-label={s.composer.send}
      // The focus stays in the field, and with it a phone's keyboard.
      onMouseDown={(event) => event.preventDefault()}
    >
      <Icon name="send" />
    </button>
  );
}
