import { useMediaQuery, WIDE } from "../hooks/useMediaQuery";
import { useRoom, useSession } from "../hooks/useRoom";
import { popOut, showChat } from "../settings/shape";
import { selectStatus } from "../store/selectors";
import { s } from "../strings";
import styles from "./ChatHead.module.css";
import button from "./HeadButton.module.css";
import { Icon } from "./Icon";
import { LiveBadge } from "./LiveBadge";
import { SettingsButton } from "./SettingsButton";
import { ViewerCount } from "./ViewerCount";

/** The head where there is no video: it says whose comments these are. */
function AloneHead() {
  const { boot } = useSession();
  const status = useRoom(selectStatus);
  return (
    <header className={styles.head} data-alone="true">
      <h1 className={styles.heading} title={boot.title} dir="auto">
        {boot.title}
      </h1>
      {status === "live" ? <ViewerCount /> : <LiveBadge status={status} />}
      {boot.view === "embed" && (
        <a
          className={button.button}
          href={boot.watch_url}
          target="_blank"
          rel="noopener"
          aria-label={s.shape.openPage}
          title={s.shape.openPage}
        >
          <Icon name="popout" />
        </a>
      )}
      <SettingsButton />
    </header>
  );
}

/** The name of the chat, and what can be chosen for it. */
export function ChatHead() {
  const { actions, boot } = useSession();
  const isWide = useMediaQuery(WIDE);
  if (boot.view !== "watch") return <AloneHead />;
  const hide = () => {
    actions.follow();
    showChat(false);
  };
  return (
    <header className={styles.head}>
      <h2 className={styles.heading}>{s.chat.label}</h2>
      {isWide && (
        <button
          type="button"
          className={button.button}
          aria-label={s.shape.popOut}
          title={s.shape.popOut}
          onClick={() => popOut(boot.chat_url, boot.slug)}
        >
          <Icon name="popout" />
        </button>
      )}
      <SettingsButton />
      {isWide && (
        <button
          type="button"
          className={button.button}
          aria-label={s.shape.hideChat}
          title={s.shape.hideChat}
          onClick={hide}
        >
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}
