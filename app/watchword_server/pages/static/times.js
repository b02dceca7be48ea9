// The server writes moments in UTC; here they become those of the reader's clock, in the page's language.
"use strict";
(() => {
  const language = document.documentElement.lang;
  // Plain "en" writes dates as in America.
  const locale = language === "en" ? "en-GB" : language;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const noon = (moment) => new Date(moment).setHours(12, 0, 0, 0);
  const now = new Date();
  for (const element of document.querySelectorAll("time[data-at]")) {
    const at = new Date(Number(element.dataset.at) * 1000);
    const days = Math.round((noon(now) - noon(at)) / 864e5);
    const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
    const day =
      days === 0 || days === 1
        ? relative.format(-days, "day")
        : at.toLocaleDateString(locale, { day: "numeric", month: "short", ...year });
    element.textContent = `${day} ${at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hour12: false })}`;
  }
})();
