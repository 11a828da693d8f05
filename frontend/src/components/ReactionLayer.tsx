import { useEffect, useRef } from "react";
import { useSession } from "../hooks/useRoom";
import { useReducedMotion } from "../hooks/useSettings";
import { reactionDrawings } from "../reactions";
import { drawFloats, type Sprites } from "../reactions/rising";
import { REACTION_KINDS } from "../store/reactions";
import styles from "./ReactionLayer.module.css";

/** Of the strip's width: as large as can be told apart over a small video. */
const SIZE_OF_WIDTH = 0.17;

function loadSprites(): Sprites {
  const load = (url: string) => Object.assign(new Image(), { src: url });
  const entries = REACTION_KINDS.map((kind) => [kind, load(reactionDrawings[kind])]);
  return Object.fromEntries(entries) as Sprites;
}

/**
 * One canvas for all: fifty elements that rise are fifty layers, which cost a page without a graphics
 * card its frames. It draws only while something rises.
 */
function Rising() {
  const { store, actions } = useSession();
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const sprites = loadSprites();
    let frame = 0;
    const draw = () => {
      frame = 0; // whatever becomes of this one, the next that rises is drawn
      const { floats } = store.getState().reactions;
      const size = canvas.width * SIZE_OF_WIDTH;
      for (const id of drawFloats(context, floats, sprites, size, Date.now())) {
        actions.floatEnded(id);
      }
      if (floats.length > 0) frame = window.requestAnimationFrame(draw);
    };
    // Never drawn here: what a canvas throws would keep the news from all that listen after this.
    const wake = () => {
      const isAsleep = frame === 0 && store.getState().reactions.floats.length > 0;
      if (isAsleep) frame = window.requestAnimationFrame(draw);
    };
    const sized = new ResizeObserver(() => {
      canvas.width = Math.round(canvas.clientWidth * window.devicePixelRatio);
      canvas.height = Math.round(canvas.clientHeight * window.devicePixelRatio);
    });
    sized.observe(canvas);
    const forget = store.subscribe(wake);
    return () => {
      forget();
      sized.disconnect();
      window.cancelAnimationFrame(frame);
    };
  }, [store, actions]);
  return <canvas ref={ref} className={styles.layer} aria-hidden="true" />;
}

/** Reactions rising over the video. The counts say the same, so it is hidden from readers. */
export function ReactionLayer() {
  const isStill = useReducedMotion();
  return isStill ? null : <Rising />;
}
