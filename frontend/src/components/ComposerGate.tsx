import { useSession } from "../hooks/useRoom";
import type { Gate } from "../hooks/useGate";
import styles from "./ComposerGate.module.css";
import { Icon } from "./Icon";

/** Stands where the composer would be, and says why. */
export function ComposerGate({ gate }: { gate: Gate }) {
  const { boot } = useSession();
  if (gate.kind === "sign_in") {
    return (
      <div className={styles.gate}>
        <a className={styles.signIn} href={boot.sign_in_url}>
          {gate.text}
        </a>
      </div>
    );
  }
  return (
    <div className={styles.gate} role="status">
      <p className={styles.notice} data-kind={gate.kind}>
        <Icon name={gate.kind === "sanction" ? "stop" : "lock"} size={16} />
        <span>
          {gate.text}
          {gate.detail && <span className={styles.detail}> {gate.detail}</span>}
          {gate.appealUrl && (
            <>
              {" · "}
              <a href={gate.appealUrl} target="_blank">
                Appeal
              </a>
            </>
          )}
        </span>
      </p>
    </div>
  );
}
