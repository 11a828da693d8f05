// Puts the chosen theme on the page before it is painted; Alpine takes over when it is there.
(() => {
  "use strict";
  let chosen = null;
  try {
    chosen = JSON.parse(localStorage.getItem("_x_adminTheme"));
  } catch {
    // Storage is closed or holds something else: as the system has it.
  }
  const dark =
    chosen === "dark" ||
    (chosen !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
