import type { LinkState } from "live-comments-client";

export interface ConnectionState {
  link: LinkState;
  closeCode: number | null;
  /** When the next try is made, by the local clock; while waiting alone. */
  retryAt: number | null;
  /** True once a welcome has been seen: from then on the panel is never blank. */
  hasJoined: boolean;
  /** Between a resumed welcome and its end; what arrives now was missed. */
  isCatchingUp: boolean;
  /** The last return: how many comments were missed, null when the list began afresh. */
  comeback: { comments: number | null; count: number } | null;
  /** Server time minus local time. */
  skewMs: number;
}

export const emptyConnection: ConnectionState = {
  link: "connecting",
  closeCode: null,
  retryAt: null,
  hasJoined: false,
  isCatchingUp: false,
  comeback: null,
  skewMs: 0,
};
