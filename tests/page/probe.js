/*
 * What the page does, seen from inside of it. Put there before the page's own scripts; knows of it
 * only that the list is `[role=log]` and that a comment is a `[data-row]`. Whatever is noted has a
 * fixed size, so that a long run does not measure the memory of its own measuring.
 */
(() => {
  const LIST = "[role=log]";
  const ROW = "[data-row]";
  const SECONDS = 7_200;
  const LOOK_EVERY_MS = 1_000;

  let begun = 0; // performance.now() of the beginning; 0 before it
  let after = ""; // the newest comment at the beginning: only later ones are counted
  let note = null;
  let lastFrame = 0;
  let held = null;

  const loading = { tasks: 0, longestTask: 0 };

  const fresh = () => ({
    tasks: 0,
    longestTask: 0,
    frames: new Uint16Array(SECONDS),
    longestGap: 0,
    rows: 0,
    again: 0,
    disorders: 0,
    last: "",
    nodes: 0,
    elements: 0,
    drawn: 0,
    keys: 0,
    slowKeys: 0,
    slowestKey: 0,
  });

  const list = () => document.querySelector(LIST);
  const isLater = (a, b) => (a.length === b.length ? a > b : a.length > b.length);
  const second = (now) => Math.min(SECONDS - 1, Math.floor((now - begun) / 1_000));

  // --- tasks and keys ---------------------------------------------------------------------------

  new PerformanceObserver((seen) => {
    for (const { startTime, duration } of seen.getEntries()) {
      const where = begun === 0 || startTime < begun ? loading : note;
      where.tasks += 1;
      where.longestTask = Math.max(where.longestTask, duration);
    }
  }).observe({ type: "longtask", buffered: true });

  // The browser tells of events that took two frames or more until the next paint.
  new PerformanceObserver((seen) => {
    for (const { name, startTime, duration } of seen.getEntries()) {
      if (begun === 0 || startTime < begun || name !== "keydown") continue;
      note.slowKeys += 1;
      note.slowestKey = Math.max(note.slowestKey, duration);
    }
  }).observe({ type: "event", durationThreshold: 16 });

  document.addEventListener("keydown", () => note && (note.keys += 1), {
    capture: true,
    passive: true,
  });

  // --- frames -----------------------------------------------------------------------------------

  const onFrame = (now) => {
    requestAnimationFrame(onFrame);
    if (begun !== 0 && now >= begun) {
      note.frames[second(now)] += 1;
      if (lastFrame !== 0) note.longestGap = Math.max(note.longestGap, now - lastFrame);
      lastFrame = now;
    }
    if (held !== null) look(held);
  };
  requestAnimationFrame(onFrame);

  // --- rows -------------------------------------------------------------------------------------

  const onRows = (records) => {
    const ids = [];
    const take = ({ dataset }) => isLater(dataset.row, after) && ids.push(dataset.row);
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") take(target);
      for (const added of addedNodes) {
        if (added.nodeType !== Node.ELEMENT_NODE) continue;
        if (added.matches(ROW)) take(added);
        else added.querySelectorAll(ROW).forEach(take);
      }
    }
    ids.sort((a, b) => (a === b ? 0 : isLater(a, b) ? 1 : -1));
    for (const id of ids) {
      if (note.last === "" || isLater(id, note.last)) {
        note.rows += 1;
        note.last = id;
      } else {
        note.again += 1;
      }
    }
  };

  const observer = new MutationObserver(onRows);

  /** How much is in the list, and whether it is in order. */
  const lookAtList = () => {
    const here = list();
    if (here === null || note === null) return;
    const walker = document.createTreeWalker(here, NodeFilter.SHOW_ALL);
    let nodes = 0;
    while (walker.nextNode()) nodes += 1;
    const rows = here.querySelectorAll(ROW);
    let before = "";
    for (const { dataset } of rows) {
      if (before !== "" && !isLater(dataset.row, before)) note.disorders += 1;
      before = dataset.row;
    }
    note.nodes = Math.max(note.nodes, nodes);
    note.elements = Math.max(note.elements, here.getElementsByTagName("*").length);
    note.drawn = Math.max(note.drawn, rows.length);
  };
  setInterval(lookAtList, LOOK_EVERY_MS);

  // --- a row that somebody reads ----------------------------------------------------------------

  const topOf = (row) => row.getBoundingClientRect().top - list().getBoundingClientRect().top;

  const look = (reading) => {
    if (!reading.row.isConnected || reading.row.dataset.row !== reading.id) {
      reading.row = list().querySelector(`[data-row="${reading.id}"]`) ?? reading.row;
    }
    reading.frames += 1;
    if (!reading.row.isConnected || reading.row.dataset.row !== reading.id) {
      reading.gone += 1;
      return;
    }
    const away = Math.abs(topOf(reading.row) - reading.top);
    if (away > 0.5) reading.moved += 1;
    reading.farthest = Math.max(reading.farthest, away);
  };

  window.pageProbe = {
    /** Counts from now on. */
    begin() {
      const rows = list().querySelectorAll(ROW);
      after = rows.length > 0 ? rows[rows.length - 1].dataset.row : "";
      note = fresh();
      lastFrame = 0;
      observer.disconnect();
      observer.observe(list(), {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter: ["data-row"],
      });
      begun = performance.now();
    },

    /** What was counted so far. */
    told() {
      lookAtList();
      const whole = second(performance.now());
      return {
        ...note,
        frames: Array.from(note.frames.subarray(0, whole)),
        loading,
        seconds: (performance.now() - begun) / 1_000,
      };
    },

    /** Chooses the row in the middle of what is seen, and watches where it stands. */
    hold() {
      const here = list();
      const middle = here.clientHeight / 2;
      const row = [...here.querySelectorAll(ROW)].find(
        (each) => topOf(each) + each.offsetHeight > middle,
      );
      if (row === undefined) return false;
      held = {
        row,
        id: row.dataset.row,
        top: topOf(row),
        frames: 0,
        gone: 0,
        moved: 0,
        farthest: 0,
      };
      return true;
    },

    /** How the row stood since then. */
    release() {
      const { frames, gone, moved, farthest } = held;
      held = null;
      return { frames, gone, moved, farthest };
    },

    /** Where the list stands: how far it is from its end, and its last comment. */
    place() {
      const here = list();
      const rows = here.querySelectorAll(ROW);
      return {
        fromEnd: here.scrollHeight - here.clientHeight - here.scrollTop,
        last: rows.length > 0 ? rows[rows.length - 1].dataset.row : "",
      };
    },
  };
})();
