import { useMediaQuery, WIDE } from "../hooks/useMediaQuery";
import { useViewport } from "../hooks/useViewport";
import styles from "./App.module.css";
import { Chat } from "./Chat";
import { Player } from "./Player";
import { ReactionBar } from "./ReactionBar";
import { StreamInfo } from "./StreamInfo";

/** The watch page: the video, and the room beside it or under it. */
export function App() {
  const isWide = useMediaQuery(WIDE);
  useViewport();
  return (
    <div className={styles.app}>
      <div className={styles.screen}>
        <div className={styles.player}>
          <Player />
        </div>
        <div className={styles.under}>
          <StreamInfo />
          {isWide && <ReactionBar />}
        </div>
      </div>
      <div className={styles.chat}>
        <Chat />
      </div>
    </div>
  );
}
