// SPDX-License-Identifier: Apache-2.0

import uPlot from '../lib/uplot/uPlot.esm.js';

const POINTS = 60;
const WIDTH = 104;
const HEIGHT = 30;

/** The last sixty of a series of numbers as a line the size of a word. */
export class Sparkline {
  #values = [];
  #plot;

  /** @param {HTMLElement} place where it is put; its text colour is the line's */
  constructor(place) {
    this.#plot = new uPlot({
      width: WIDTH,
      height: HEIGHT,
      padding: [3, 2, 3, 2],
      legend: { show: false },
      cursor: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false, range: [0, POINTS - 1] } },
      series: [{}, { stroke: () => getComputedStyle(place).color, width: 1.5, points: { show: false } }],
    }, [[], []], place);
  }

  add(value) {
    this.#values.push(value);
    if (this.#values.length > POINTS) this.#values.shift();
  }

  paint() {
    const first = POINTS - this.#values.length;
    this.#plot.setData([this.#values.map((_, place) => first + place), this.#values]);
  }

  remove() {
    this.#plot.destroy();
  }
}
