import { chunkHook } from "./useChunk";

/** Menus and everything of moderators, which most readers never open. */
export const useTools = chunkHook(() => import("../tools"));
