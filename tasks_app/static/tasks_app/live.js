// Brings the parts of a page that carry data-live up to date while something on it is live.
// It asks for the page itself every two seconds, and never while nobody looks.
(() => {
  const EVERY = 2000;
  const LONGEST = 60000;
  let pause = EVERY;

  const isLive = () => document.querySelector('[data-live-on="True"]') !== null;
  const isBusy = () =>
    document.hidden || document.getElementById("dialog") !== null || !getSelection().isCollapsed;

  const swap = (fresh) => {
    for (const old of document.querySelectorAll("[data-live]")) {
      const key = CSS.escape(old.dataset.live);
      const next = fresh.querySelector(`[data-live="${key}"]`);
      if (next && next.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) {
        old.replaceChildren(...next.childNodes);
        // Links that open dialogs are htmx's.
        window.htmx?.process(old);
      }
    }
  };

  const refresh = async () => {
    if (!isLive()) return;
    if (!isBusy()) {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.redirected || !answer.ok) throw new Error(answer.status);
        swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
        pause = EVERY;
      } catch {
        pause = Math.min(pause * 2, LONGEST);
      }
    }
    setTimeout(refresh, pause);
  };

  addEventListener("load", () => {
    // Unfold marks no main part, which screen readers look for.
    document.getElementById("main")?.setAttribute("role", "main");
    setTimeout(refresh, EVERY);
  });
})();
