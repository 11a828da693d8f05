import { useCountdown } from "../hooks/useCountdown";
import { useRoom } from "../hooks/useRoom";
import { reportedSentence, ruleSentence } from "../staffStrings";
import { selectFlagged, selectReported, selectSkew } from "../store/selectors";
import styles from "./CommentRow.module.css";
import { Icon } from "./Icon";

function Delayed({ shownAt }: { shownAt: number }) {
  const skewMs = useRoom(selectSkew);
  const seconds = useCountdown(shownAt - skewMs);
  return (
    <span>
      <Icon name="clock" size={12} />
      {seconds > 0 ? `Viewers see it in ${seconds} s` : "Viewers see it now"}
    </span>
  );
}

/** What only moderators are told about a comment: not shown yet, flagged, reported. */
export function RowMarks({ id, shownAt }: { id: string; shownAt: number | null }) {
  const flag = useRoom(selectFlagged).get(id);
  const report = useRoom(selectReported).get(id);
  if (shownAt === null && !flag && !report) return null;
  return (
    <p className={styles.marks}>
      {shownAt !== null && <Delayed shownAt={shownAt} />}
      {flag && (
        <span>
          <Icon name="flag" size={12} />
          {ruleSentence(flag.reason, flag.detail)}
        </span>
      )}
      {report && (
        <span>
          <Icon name="bell" size={12} />
          {reportedSentence(report)}
        </span>
      )}
    </p>
  );
}
