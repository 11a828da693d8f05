import { type RefObject, useEffect, useRef } from "react";
import { chunkHook } from "../hooks/useChunk";
import { useMediaQuery, WIDE } from "../hooks/useMediaQuery";
import { useSession } from "../hooks/useRoom";
import { useShape } from "../hooks/useSettings";
import { useShapeKeys } from "../hooks/useShapeKeys";
import { useViewport } from "../hooks/useViewport";
import { passing } from "../settings/shape";
import styles from "./App.module.css";
import { Chat } from "./Chat";
import { Player } from "./Player";
import { ReactionBar } from "./ReactionBar";
import { StreamInfo } from "./StreamInfo";

/** Buttons that nobody sees before the mouse is over the video. */
const useStageTools = chunkHook(() => import("./StageTools"));

/** Tells the page around whether the video wants its place, and the layout who fills the screen. */
function useStage(ref: RefObject<HTMLElement | null>, isTheatre: boolean): void {
  useEffect(() => {
    document.documentElement.dataset.stage = isTheatre ? "theatre" : "page";
  }, [isTheatre]);
  useEffect(() => {
    const look = () => {
      const isFull = ref.current !== null && document.fullscreenElement === ref.current;
      passing.setState({ isFull });
    };
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, [ref]);
}

/** The watch page: the video, and the room beside it or under it. */
function Watch() {
  const { boot } = useSession();
  const ref = useRef<HTMLDivElement>(null);
  const isWide = useMediaQuery(WIDE);
  const shape = useShape();
  const isTheatre = isWide && shape.isTheatre;
  const hasChat = !isWide || (shape.isChatShown && !shape.isPoppedOut);
  const tools = useStageTools(isWide);
  useStage(ref, isTheatre);
  useShapeKeys(ref);
  return (
    <div ref={ref} className={styles.app} data-theatre={isTheatre} data-chat={hasChat}>
      <div className={styles.screen}>
        <div className={styles.player}>
          <Player />
          {isWide && tools && <tools.StageTools app={ref} />}
        </div>
        {isTheatre ? (
          <h1 className="visually-hidden">{boot.title}</h1>
        ) : (
          <div className={styles.under}>
            <StreamInfo />
            {isWide && <ReactionBar />}
          </div>
        )}
      </div>
      {hasChat && (
        <div className={styles.chat}>
          <Chat hasReactions={!isWide || isTheatre} />
        </div>
      )}
    </div>
  );
}

/** What this page shows of the room: all of it, or the chat alone. */
export function App() {
  const { boot } = useSession();
  useViewport();
  if (boot.view === "watch") return <Watch />;
  return (
    <div className={styles.alone}>
      <Chat hasReactions />
    </div>
  );
}
