/** Environment of a Node process for which it is another time; the clock goes on from there. */
export function clockAt(time: string): Record<string, string> {
  const code = `
    const Real = Date;
    const shift = Real.parse('${time}') - Real.now();
    globalThis.Date = class extends Real {
      constructor(...of) { of.length === 0 ? super(Real.now() + shift) : super(...of); }
      static now() { return Real.now() + shift; }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}
