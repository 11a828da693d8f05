import { chunkHook } from "./useChunk";

/** Help while typing, which whoever only reads does without. */
export const useMentions = chunkHook(() => import("../components/Mentions"));

/** The emoji and their picker. */
export const useEmojiPicker = chunkHook(() => import("../components/EmojiPicker"));
