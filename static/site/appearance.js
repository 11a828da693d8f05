// Puts on the page what this device keeps of its looks before anything is painted: a module would
// come after the first paint. The names are those of frontend/src/settings/settings.ts.
(() => {
  "use strict";
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem("settings"));
  } catch {
    // Storage is closed or holds something else: as the system has it.
  }
  for (const name of ["text", "theme", "contrast", "motion", "times"]) {
    const value = kept?.[name];
    if (typeof value === "string") document.documentElement.dataset[name] = value;
  }
})();
