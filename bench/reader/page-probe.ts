// What runs in the page to see what its person would: first rows, keys, frames, long tasks, rows that are not there yet. As
// text, because it is the browser that runs it.

/** Given to every page before its own scripts. */
export const PROBE = `(() => {
  const painted = (done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  });
  const probe = { firstRow: null, keys: [], delays: [], tasks: [], frames: [], blank: 0, watching: false, watchesKeys: false };
  window.__probe = probe;
  probe.painted = () => new Promise(painted);
  const looking = new MutationObserver(() => {
    if (document.querySelector("[role=row] .row-title") === null) return;
    looking.disconnect();
    painted((at) => { probe.firstRow = at; });
  });
  document.addEventListener("readystatechange", () => looking.observe(document, { childList: true, subtree: true }), { once: true });
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) probe.tasks.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });
  // To look at a key takes time itself: it is done where keys are what is measured.
  document.addEventListener("keydown", ({ timeStamp }) => {
    if (!probe.watchesKeys) return;
    probe.delays.push(performance.now() - timeStamp);
    painted((at) => probe.keys.push(at - timeStamp));
  }, { capture: true });
  probe.watch = () => {
    Object.assign(probe, { frames: [], blank: 0, watching: true });
    let before = performance.now();
    let blankSince = null;
    const frame = (at) => {
      if (!probe.watching) return;
      probe.frames.push(at - before);
      before = at;
      const scroller = document.querySelector(".list-scroller");
      const edge = scroller.getBoundingClientRect();
      const spot = document.elementFromPoint(edge.left + 80, edge.bottom - 20);
      if (spot !== null && spot.closest("[role=row]") === null) {
        blankSince ??= at;
        probe.blank = Math.max(probe.blank, at - blankSince);
      } else blankSince = null;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };
  /** From the step to a place until what is there is painted, its frame included. */
  probe.open = (place) => new Promise((resolve, reject) => {
    const began = performance.now();
    const late = setTimeout(() => reject(new Error("not shown in 20 s: " + place)), 20000);
    const done = () => painted((at) => { clearTimeout(late); resolve(at - began); });
    const shown = new MutationObserver(() => {
      const article = document.querySelector("article.message:not([aria-busy])");
      if (article === null) return;
      const frame = article.querySelector("iframe.html-frame");
      shown.disconnect();
      if (frame === null) return done();
      frame.addEventListener("load", done, { once: true });
    });
    shown.observe(document.body, { childList: true, subtree: true, attributes: true });
    window.location.hash = place;
  });
  /** From the next key until what was found for the text is painted: beside it stand the terms that it answers. */
  probe.sought = (text) => { probe.answered = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no answer in 20 s: " + text)), 20000);
    document.addEventListener("keydown", ({ timeStamp }) => {
      const shown = new MutationObserver(() => {
        const terms = Array.from(document.querySelectorAll(".terms bdi"), (term) => term.textContent).join(" ");
        if (terms !== text || document.querySelector(".list-pane :is([role=row] .row-title, .note)") === null) return;
        shown.disconnect();
        painted((at) => { clearTimeout(late); resolve(at - timeStamp); });
      });
      shown.observe(document.body, { childList: true, subtree: true, characterData: true });
    }, { capture: true, once: true });
  }); };
})()`;
