import { type ReactNode, useRef } from "react";
import { useCountdown } from "../hooks/useCountdown";
import { usePlayback } from "../hooks/usePlayback";
import { useRoom, useSession } from "../hooks/useRoom";
import { formatDayAndTime, formatOffset } from "../format";
import { selectStatus } from "../store/selectors";
import { Icon } from "./Icon";
import styles from "./Player.module.css";
import { ReactionLayer } from "./ReactionLayer";
import { TestCard } from "./TestCard";

function Video({ url, title }: { url: string; title: string }) {
  const ref = useRef<HTMLVideoElement>(null);
  const state = usePlayback(ref, url);
  return (
    <>
      <video ref={ref} className={styles.video} aria-label={title} controls muted playsInline />
      {state === "failed" && (
        <Slate title="The video is away for a moment" text="Looking for it. The comments go on." />
      )}
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
  if (scheduledFor === null) return <Slate title="Not live yet" text="It starts soon." />;
  const isClose = seconds > 0 && seconds < 86_400;
  return (
    <Slate
      title={seconds === 0 ? "About to start" : "Starts in"}
      text={formatDayAndTime(scheduledFor)}
    >
      {isClose && <p className={styles.countdown}>{formatOffset(seconds)}</p>}
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
        <Slate title="This stream has ended" text="Its comments are kept beside it." />
      ) : (
        <TestCard />
      )}
      <ReactionLayer />
      <a className={styles.back} href="/" aria-label="All streams">
        <Icon name="back" size={22} />
      </a>
    </div>
  );
}
