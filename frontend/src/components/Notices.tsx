import { useRoom, useSession } from "../hooks/useRoom";
import { selectMuted, selectNotices } from "../store/selectors";
import { noticeSentence } from "../strings";
import { Icon } from "./Icon";
import styles from "./Notices.module.css";

/** What moderators told this reader, until it is put away. */
export function Notices() {
  const { actions, boot } = useSession();
  const notices = useRoom(selectNotices);
  return (
    <div role="alert">
      {notices.map((notice) => (
        <div key={notice.id} className={styles.notice}>
          <Icon name="warn" size={16} />
          <p className={styles.words}>
            <strong>{noticeSentence(notice)}</strong>
            {notice.item.reason && <span dir="auto"> {notice.item.reason}</span>}
            {notice.item.type === "you.hidden" && boot.appeals_url && (
              <>
                {" "}
                <a href={boot.appeals_url} target="_blank">
                  Appeal
                </a>
              </>
            )}
          </p>
          <button
            type="button"
            aria-label="Dismiss"
            onClick={() => actions.dismissNotice(notice.id)}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  );
}

/** Whom this reader has muted here, and the way back. */
export function Muted() {
  const { actions } = useSession();
  const muted = useRoom(selectMuted);
  if (muted.size === 0) return null;
  return (
    <details className={styles.muted}>
      <summary>
        <Icon name="mute" size={14} />
        {muted.size} muted
      </summary>
      <ul>
        {[...muted].map(([id, name]) => (
          <li key={id}>
            <bdi>{name}</bdi>
            <button type="button" onClick={() => actions.unmute(id)}>
              Unmute
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
