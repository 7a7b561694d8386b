// The worker that trains, as the page sees it.

export class Trainer {
  /** `heard` maps what the worker says (training-worker.js) to what is done about it. */
  constructor(heard) {
    this.worker = new Worker(new URL("training-worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => heard[data.say]?.(data);
    this.worker.onerror = (event) => heard.failed?.(event);
  }

  say(what, told = {}) {
    this.worker.postMessage({ say: what, ...told });
  }

  stop() {
    this.worker.terminate();
  }
}
