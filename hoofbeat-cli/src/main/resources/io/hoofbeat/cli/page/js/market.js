// SPDX-License-Identifier: Apache-2.0
//
// Invented prices that wander about.

const LISTED = {
  NASDAQ: { EMC: 24.19, GOOG: 893.49, MSFT: 34.21, CTXS: 62.3, RHT: 48.3 },
  NYSE: { DELL: 13.03, IBM: 187.9, ORCL: 31.22, VMW: 66.98 },
  XETRA: { BMW: 71.4, SAP: 58.75, SIE: 84.1 },
};
const WIDTH_OF_A_STEP = 0.0035;

/** A market whose prices change one at a time. */
export class Market {
  #stocks = Object.entries(LISTED).flatMap(([exchange, prices]) =>
    Object.entries(prices).map(([symbol, price]) => ({ exchange, symbol, price, first: price })));

  /** The next change: a stock with its new price. */
  next() {
    const stock = this.#stocks[Math.floor(Math.random() * this.#stocks.length)];
    // The sum of three is nearly normal; and a price is drawn back a little to where it began, lest it run away.
    const chance = Math.random() + Math.random() + Math.random() - 1.5;
    const home = 0.01 * Math.log(stock.first / stock.price);
    stock.price *= Math.exp(2 * WIDTH_OF_A_STEP * chance + home);
    return { exchange: stock.exchange, symbol: stock.symbol, price: Math.round(stock.price * 100) / 100 };
  }
}
