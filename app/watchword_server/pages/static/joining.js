// While a device joins, the page follows what happens: scanned, confirmed, saved, expired.
"use strict";
(() => {
  const box = document.getElementById("join");
  if (box === null) return;
  const shown = box.dataset.state;
  if (!["open", "asked", "offered", "confirmed"].includes(shown)) return;

  const left = document.getElementById("left");
  if (left !== null) {
    const end = performance.now() + Number(box.dataset.left) * 1000;
    const draw = () => {
      const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    draw();
    setInterval(draw, 1000);
  }

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  (async () => {
    let failures = 0;
    for (;;) {
      try {
        const answer = await fetch(`/security/joining/state?is=${shown}`, { cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        const { state } = await answer.json();
        failures = 0;
        if (state !== shown) {
          location.replace(box.dataset.page);
          return;
        }
      } catch {
        failures += 1;
        await pause(Math.min(1000 * 2 ** failures, 15000));
      }
    }
  })();
})();
