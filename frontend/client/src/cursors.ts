import type { Audience, Backfill, Cursor, Frame, Resume, Welcome } from "./protocol.gen";

interface Position extends Cursor {
  /** After a backfill from the archive the numbering goes on wherever the next frame says. */
  mayJump: boolean;
}

/** Where this reader stands in each audience: what to show on a resume, and how a gap is noticed. */
export class Cursors {
  private epoch: string | null = null;
  private readonly positions = new Map<Audience, Position>();
  /** The server's position at the welcome, reached for certain once the resume has ended. */
  private promised: [Audience, Cursor][] = [];

  /** Takes the server's position, or keeps ours when what was missed is about to be sent. */
  welcome(message: Welcome): void {
    const promised: [Audience, Cursor][] = [["public", message.public]];
    if (message.staff) promised.push(["staff", message.staff]);
    this.epoch = message.epoch;
    this.promised = message.resumed ? promised : [];
    if (!message.resumed) this.positions.clear();
    for (const [audience, cursor] of promised) {
      if (!this.positions.has(audience)) {
        this.positions.set(audience, { ...cursor, mayJump: false });
      }
    }
    if (!message.staff) this.positions.delete("staff");
  }

  /** "next" moves the cursor; "seen" must be ignored; "gap" means a frame is missing. */
  take(frame: Frame): "next" | "seen" | "gap" {
    const position = this.positions.get(frame.audience ?? "public");
    if (position === undefined) return "seen";
    if (frame.seq <= position.seq) return "seen";
    if (frame.seq !== position.seq + 1 && !position.mayJump) return "gap";
    position.seq = frame.seq;
    position.through = frame.through;
    position.mayJump = false;
    return "next";
  }

  /** Takes a stretch from the archive once its last part has come. */
  backfill(message: Backfill): void {
    const position = this.positions.get(message.audience);
    if (position === undefined || message.more) return;
    position.through = message.through;
    position.mayJump = true;
  }

  caughtUp(): void {
    for (const [audience, cursor] of this.promised) {
      const position = this.positions.get(audience);
      if (position !== undefined && cursor.seq > position.seq) {
        this.positions.set(audience, { ...cursor, mayJump: position.mayJump });
      }
    }
    this.promised = [];
  }

  /** What to show in the next hello; null before the first welcome. */
  resume(): Resume | null {
    const reader = this.positions.get("public");
    if (this.epoch === null || reader === undefined) return null;
    const staff = this.positions.get("staff");
    const plain = ({ seq, through }: Position): Cursor => ({ seq, through });
    return {
      epoch: this.epoch,
      public: plain(reader),
      ...(staff ? { staff: plain(staff) } : {}),
    };
  }
}
