import { type ComponentType, lazy, type ReactNode, Suspense, useRef } from "react";
import { useCountdown } from "../hooks/useCountdown";
import { useMediaQuery, WIDE } from "../hooks/useMediaQuery";
import { usePlayback } from "../hooks/usePlayback";
import { useRoom, useSession } from "../hooks/useRoom";
import { formatDayAndTime, formatOffset } from "../format";
import { canFill } from "../settings/shape";
import { selectStatus } from "../store/selectors";
import { s } from "../strings";
import { Icon } from "./Icon";
import styles from "./Player.module.css";
import { ReactionLayer } from "./ReactionLayer";

/** Few streams have no video; where the card does not come either, the stage stays dark. */
const TestCard = lazy<ComponentType>(() =>
  import("./TestCard").then(
    ({ TestCard: Card }) => ({ default: Card }),
    () => ({ default: () => null }),
  ),
);

function Video({ url, title }: { url: string; title: string }) {
  const ref = useRef<HTMLVideoElement>(null);
  const state = usePlayback(ref, url);
  const isWide = useMediaQuery(WIDE);
  return (
    <>
      <video
        ref={ref}
        className={styles.video}
        aria-label={title}
        aria-busy={state === "loading"}
        tabIndex={0}
        controls
        // Full screen with the chat beside it is the page's own, where browsers have it.
        controlsList={isWide && canFill(document) ? "nofullscreen" : undefined}
        muted
        playsInline
      />
      {state === "loading" && (
        <span className={styles.waiting} role="img" aria-label={s.shape.loading} />
      )}
      {state === "failed" && <Slate title={s.player.away} text={s.player.awayText} />}
    </>
  );
}

function Slate({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className={styles.slate}>
      <p className={styles.slateTitle}>{title}</p>
      {children}
      <p className={styles.slateText}>{text}</p>
    </div>
  );
}

function ScheduledSlate({ scheduledFor }: { scheduledFor: string | null }) {
  const seconds = useCountdown(scheduledFor === null ? null : Date.parse(scheduledFor));
  if (scheduledFor === null) return <Slate title={s.player.notYet} text={s.player.notYetText} />;
  const isClose = seconds > 0 && seconds < 86_400;
  return (
    <Slate
      title={seconds === 0 ? s.player.aboutToStart : s.player.startsIn}
      text={formatDayAndTime(scheduledFor)}
    >
      {isClose && (
        <p dir="ltr" className={styles.countdown}>
          {formatOffset(seconds)}
        </p>
      )}
    </Slate>
  );
}

/** The stage: the video, a test card where there is none, or what there will be. */
export function Player() {
  const { boot } = useSession();
  const status = useRoom(selectStatus);
  const { playback_url: url, title } = boot;
  return (
    <div className={styles.stage}>
      {status === "scheduled" ? (
        <ScheduledSlate scheduledFor={boot.scheduled_for} />
      ) : url ? (
        <Video url={url} title={title} />
      ) : status === "ended" ? (
        <Slate title={s.player.ended} text={s.player.endedText} />
      ) : (
        <Suspense>
          <TestCard />
        </Suspense>
      )}
      <ReactionLayer />
      <a className={styles.back} href="/" aria-label={s.player.allStreams}>
        <Icon name="back" size={22} />
      </a>
    </div>
  );
}
