import type { ReactionKind } from "live-comments-client";
import angry from "./angry.svg";
import haha from "./haha.svg";
import like from "./like.svg";
import love from "./love.svg";
import sad from "./sad.svg";
import wow from "./wow.svg";

/** Where the drawings are. Our own, so that they look the same everywhere and need no emoji font. */
export const reactionDrawings: Record<ReactionKind, string> = { like, love, haha, wow, sad, angry };
