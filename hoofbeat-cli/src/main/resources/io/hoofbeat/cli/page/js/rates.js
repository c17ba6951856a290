// SPDX-License-Identifier: Apache-2.0
//
// Frames a second over the last minute, and how many there were in all.

import uPlot from '../lib/uplot/uPlot.esm.js';
import { byId, octets } from './dom.js';

const SECONDS = 60;
const HEIGHT = 84;

/** Binds the plot and the totals to what passes through the connection. */
export function rates(connection) {
  const totals = { in: { frames: 0, octets: 0 }, out: { frames: 0, octets: 0 }, beats: 0 };
  const now = { in: 0, out: 0 };
  const history = [Array.from({ length: SECONDS }, (_, place) => place - SECONDS + 1), new Array(SECONDS).fill(0), new Array(SECONDS).fill(0)];
  const place = byId('rates');
  const plot = new uPlot(look(place.clientWidth), history, place);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  addEventListener('themechange', () => plot.redraw());

  connection.addEventListener('frame', ({ detail: { direction } }) => {
    now[direction]++;
    totals[direction].frames++;
  });
  connection.addEventListener('octets', ({ detail: [direction, count] }) => {
    totals[direction].octets += count;
  });
  connection.addEventListener('beat', () => totals.beats++);

  const show = () => {
    for (const direction of ['in', 'out']) {
      byId(`rate-${direction}`).textContent = `${now[direction]}/s`;
      byId(`total-${direction}`).textContent = `${totals[direction].frames.toLocaleString()} frames, ${octets(totals[direction].octets)}`;
    }
    byId('total-beats').textContent = totals.beats.toLocaleString();
  };
  setInterval(() => {
    for (const [series, direction] of [[1, 'in'], [2, 'out']]) {
      history[series].shift();
      history[series].push(now[direction]);
    }
    show();
    now.in = now.out = 0;
    plot.setData(history);
  }, 1_000);
  show();
}

/** The colour that the style sheet gives an element; a canvas knows nothing of variables. */
function colourOf(id, alpha = 1) {
  const colour = getComputedStyle(byId(id)).color;
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

function look(width) {
  const axis = { stroke: () => colourOf('rates'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const series = (label, id) => ({ label, stroke: () => colourOf(id), width: 1.5, points: { show: false } });
  // Often as much goes out as comes in: the dashes let the one line be seen under the other.
  const received = { ...series('received', 'swatch-in'), fill: () => colourOf('swatch-in', 0.14) };
  const sent = { ...series('sent', 'swatch-out'), dash: [5, 4] };
  return {
    width,
    height: HEIGHT,
    padding: [6, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(5, Math.ceil(most * 1.1))] } },
    series: [{}, received, sent],
    axes: [
      { ...axis, size: 22, space: 70, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => (tick === 0 ? 'now' : `${tick} s`)) },
      { ...axis, size: 38, space: 22, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], grid: { stroke: () => colourOf('rates', 0.18), width: 1 } },
    ],
  };
}
