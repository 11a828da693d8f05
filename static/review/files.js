// Says at once that a file is too large: a server that refuses it may end the line instead.
(() => {
  "use strict";
  for (const input of document.querySelectorAll("input[type=file][data-most-bytes]")) {
    input.addEventListener("change", () => {
      const most = Number(input.dataset.mostBytes);
      const isTooLarge = [...input.files].some((file) => file.size > most);
      input.setCustomValidity(isTooLarge ? "Rules have a megabyte at most." : "");
      input.reportValidity();
    });
  }
})();
