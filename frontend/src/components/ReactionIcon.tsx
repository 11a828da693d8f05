import type { ReactionKind } from "live-comments-client";
import { reactionDrawings } from "../reactions";

/** Decoration: who reads the page aloud is told by the words around it. */
export function ReactionIcon({ kind, size = 22 }: { kind: ReactionKind; size?: number }) {
  return <img src={reactionDrawings[kind]} width={size} height={size} alt="" draggable={false} />;
}
