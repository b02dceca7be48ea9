// Counts down, asks the server what became of the login, and goes on by itself when it is approved.
"use strict";
(() => {
  const box = document.getElementById("waiting");
  const shown = box.dataset.state;

  if (shown === "approved") {
    document.getElementById("finish").requestSubmit();
    return;
  }
  if (shown !== "open" && shown !== "awaiting") return;

  const left = document.getElementById("left");
  const bar = document.getElementById("bar");
  let end = performance.now() + Number(box.dataset.left) * 1000;
  if (left !== null) {
    const draw = () => {
      const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      bar.value = seconds;
    };
    draw();
    setInterval(draw, 1000);
  }

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const typing = () => {
    const field = document.activeElement;
    return field instanceof HTMLInputElement && field.value !== "";
  };

  (async () => {
    let failures = 0;
    for (;;) {
      try {
        const answer = await fetch(`/sign-in/state?is=${shown}`, { cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        const { state, left: seconds } = await answer.json();
        failures = 0;
        if (state !== shown) {
          // A code that is being typed is not taken away because a request expired meanwhile.
          while (state === "expired" && typing()) await pause(500);
          location.replace("/sign-in/waiting");
          return;
        }
        end = performance.now() + seconds * 1000;
      } catch {
        failures += 1;
        await pause(Math.min(1000 * 2 ** failures, 15000));
      }
    }
  })();
})();
