class Counter {
  constructor(n) {
    this.n = n;
  }
  up(by) {
    this.n += by;
  }
  value() {
    return this.n;
  }
}
export const api = {
  Counter,
  divide(a, b) {
    if (b === 0) throw 'division by zero';
    return a / b;
  },
  echo: (bytes) => bytes,
};
