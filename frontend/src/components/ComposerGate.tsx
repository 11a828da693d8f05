import { useSession } from "../hooks/useRoom";
import type { Gate } from "../hooks/useGate";
import { s } from "../strings";
import styles from "./ComposerGate.module.css";
import { Icon } from "./Icon";

/** Stands where the composer would be, and says why. Its seconds run, so it is told elsewhere, once. */
export function ComposerGate({ gate }: { gate: Gate }) {
  const { boot } = useSession();
  if (gate.kind === "sign_in") {
    // A frame of another site has no session: one signs in, and comments, on the page itself.
    const isFramed = boot.view === "embed";
    const way = isFramed ? { href: boot.watch_url, target: "_blank" } : { href: boot.sign_in_url };
    return (
      <div className={styles.gate}>
        <a className={styles.signIn} {...way}>
          {gate.text}
        </a>
      </div>
    );
  }
  return (
    <div className={styles.gate}>
      <p className={styles.notice} data-kind={gate.kind}>
        <Icon name={gate.kind === "sanction" ? "stop" : "lock"} size={16} />
        <span>
          {gate.text}
          {gate.detail && <span className={styles.detail}> {gate.detail}</span>}
          {gate.appealUrl && (
            <>
              {" "}
              <a className={styles.appeal} href={gate.appealUrl} target="_blank">
                {s.gate.appeal}
              </a>
            </>
          )}
        </span>
      </p>
    </div>
  );
}
