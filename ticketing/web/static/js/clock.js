// A countdown that is right although the visitor's clock may be wrong: it counts from the answer on.
export class Countdown {
  constructor(show, { soon, over }) {
    this.show = show;
    this.soon = soon;
    this.over = over;
    this.ends = 0;
    setInterval(() => this.beat(), 500);
    document.addEventListener("visibilitychange", () => this.beat());
  }

  /** Counts from now; `soon` is called once, when so many seconds are left, unless that is past already. */
  start(milliseconds, soonAt = 120) {
    this.ends = milliseconds > 0 ? performance.now() + milliseconds : 0;
    this.soonAt = soonAt;
    this.warned = milliseconds <= soonAt * 1000;
    this.beat();
  }

  beat() {
    if (!this.ends) return;
    const left = Math.max(0, this.ends - performance.now());
    const seconds = Math.ceil(left / 1000);
    this.show(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`, seconds <= this.soonAt);
    if (!this.warned && seconds <= this.soonAt) {
      this.warned = true;
      this.soon();
    }
    if (left === 0) {
      this.ends = 0;
      this.over();
    }
  }
}
