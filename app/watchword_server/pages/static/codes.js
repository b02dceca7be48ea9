// Copying and printing need a script, so their buttons appear only with it; downloading does not.
"use strict";
(() => {
  const copy = document.getElementById("copy");
  const codes = [...document.querySelectorAll("#codes li")].map((one) => one.textContent.trim());
  // Browsers offer the clipboard by TLS and on loopback only.
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(codes.join("\n"));
      copy.textContent = copy.dataset.done;
    });
  }
  const print = document.getElementById("print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
})();
