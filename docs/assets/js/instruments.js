// Starts the instruments of a page, each when it comes into the window and after the page was painted; at once the one
// whose state stands in the address.
//
// On a page, an instrument is <lb-instrument data-name data-start data-version> around its recorded picture. Its module
// download/instruments/VERSION/NAME.js exports
//
//     schema                 what its state consists of, as JSON (lowerbound_site/pages/elements.py says how)
//     start(element)         takes the picture's place, and returns a function that stops everything again
//
// which it usually makes with instrument() of controls/instrument.js. The theme's navigation replaces the content of
// the page without loading another: the browser then tells this element so, and nothing else has to.

// What is just below the first screen waits until it is scrolled to: its own first picture stands there, and starting it
// early would hold up the page on a phone.
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) target.begin();
});

customElements.define(
  "lb-instrument",
  class extends HTMLElement {
    #stop;
    #begun = false;

    connectedCallback() {
      this.inert = true; // a picture only, until it has started
      requestAnimationFrame(() => setTimeout(() => {
        if (!this.isConnected) return;
        if (location.hash.slice(1).split("?")[0] === `~${this.dataset.name}`) {
          for (let fold = this.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
          this.begin();
        } else near.observe(this);
      }));
    }

    disconnectedCallback() {
      near.unobserve(this);
      this.#stop?.();
      this.#stop = undefined;
      this.#begun = false;
    }

    async begin() {
      near.unobserve(this);
      if (this.#begun) return;
      this.#begun = true;
      const { name, version } = this.dataset;
      try {
        const { start } = await import(new URL(`../../download/instruments/${version}/${name}.js`, import.meta.url));
        if (!this.isConnected) return;
        const stop = await start(this);
        if (this.isConnected) this.#stop = stop;
        else stop();
      } finally {
        this.inert = false;
      }
    }
  },
);
