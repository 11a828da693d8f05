import { useCountdown } from "../hooks/useCountdown";
import { useRoom } from "../hooks/useRoom";
import { formatOffset, formatWait } from "../format";
import { selectCooldownUntil } from "../store/selectors";
import { Icon } from "./Icon";
import styles from "./SendButton.module.css";

/** Sends; while the room makes one wait, it counts down instead. */
export function SendButton({ canSend }: { canSend: boolean }) {
  const waitSeconds = useCountdown(useRoom(selectCooldownUntil));
  if (waitSeconds > 0) {
    return (
      <button
        type="submit"
        className={styles.wait}
        disabled
        aria-label={`You can send in ${formatWait(waitSeconds)}`}
      >
        {waitSeconds < 100 ? waitSeconds : formatOffset(waitSeconds)}
      </button>
    );
  }
  return (
    <button type="submit" className={styles.send} disabled={!canSend} aria-label="Send">
      <Icon name="send" />
    </button>
  );
}
