import type { ServerMessage } from "./protocol.gen";

/**
 * What comes from the archive in parts is told whole, or not at all: whoever is cut off between two
 * parts asks for all of them again.
 */
export class Stretch {
  private parts: ServerMessage[] = [];

  /** What may be told now that this has come. */
  take(message: ServerMessage): readonly ServerMessage[] {
    switch (message.type) {
      case "welcome":
        this.parts = [];
        return [message];
      case "backfill": {
        this.parts.push(message);
        if (message.more) return [];
        const whole = this.parts;
        this.parts = [];
        return whole;
      }
      case "personal":
        if (this.parts.length === 0) return [message];
        this.parts.push(message);
        return [];
      default:
        return [message];
    }
  }
}
