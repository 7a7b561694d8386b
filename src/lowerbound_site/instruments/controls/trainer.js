// The worker that trains, as the page sees it.

export class Trainer {
  /** `heard` maps what the worker says (training-worker.js) to what is done about it. */
  constructor(heard) {
    this.worker = new Worker(new URL("training-worker.js", import.meta.url), { type: "module" });
    this.said = 0; // messages so far; each has its number, and an answer has the number of the last that was heard
    this.fresh = 0; // the one that began the run
    this.worker.onmessage = ({ data }) => this.#late(data) || heard[data.say]?.(data);
    this.worker.onerror = (event) => heard.failed?.(event);
  }

  say(what, told = {}) {
    this.said++;
    if (what === "begin" || what === "film") this.fresh = this.said;
    this.worker.postMessage({ say: what, number: this.said, ...told });
  }

  /** An answer that belongs to another run, or a rest that has been ended since, was on its way when the page spoke. */
  #late({ say, heard }) {
    return heard < this.fresh || (say === "rested" && heard < this.said);
  }

  stop() {
    this.worker.terminate();
  }
}
