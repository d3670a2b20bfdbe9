import { describe, expect, test } from '@jest/globals';
import { createStatusRecorder, type Status, type StatusRecorder } from '../src/status.ts';

/** A recorder under a clock that the test moves. */
function recorder(inFlight = () => 3): { recorder: StatusRecorder; pass(ms: number): void } {
  let now = Date.UTC(2026, 0, 1);
  return {
    recorder: createStatusRecorder({
      now: () => now,
      inFlight,
      memoryBytes: () => 50_000_000,
      eventLoopUtilization: () => 0.25,
    }),
    pass: (ms) => {
      now += ms;
    },
  };
}

function lengths({ intervalSeconds, ...lists }: Status): number[] {
  return [...new Set(Object.values(lists).map((list) => list.length))];
}

describe('the status', () => {
  test('has nothing to show before the first interval is over', () => {
    const status = recorder().recorder.read();

    expect(lengths(status)).toEqual([0]);
  });

  test('of an interval is its rates, percentiles and levels', () => {
    const { recorder: status, pass } = recorder();
    for (let ms = 1; ms <= 100; ms += 1) status.count(ms > 96 ? 503 : 200, ms / 1000);
    pass(2000);
    status.sample();

    const { p50Ms, p95Ms, ...rest } = status.read();

    expect(rest).toEqual({
      intervalSeconds: 2,
      times: [Date.UTC(2026, 0, 1) / 1000 + 2],
      requestsPerSecond: [50],
      errorsPerSecond: [2],
      inFlight: [3],
      memoryBytes: [50_000_000],
      eventLoopUtilization: [0.25],
    });
    expect(Math.abs((p50Ms[0] ?? 0) - 50)).toBeLessThan(50 * 0.06);
    expect(Math.abs((p95Ms[0] ?? 0) - 95)).toBeLessThan(95 * 0.06);
  });

  test('of an interval without requests has no latency', () => {
    const { recorder: status, pass } = recorder();
    pass(2000);
    status.sample();

    expect(status.read()).toMatchObject({ requestsPerSecond: [0], p50Ms: [null], p95Ms: [null] });
  });

  test('tells the most requests at a time, of each interval anew', () => {
    let inFlight = 0;
    const { recorder: status, pass } = recorder(() => inFlight);
    inFlight = 7;
    status.count(200, 0.001);
    inFlight = 1;
    for (const interval of ['busy', 'quiet']) {
      pass(2000);
      status.sample();
      expect([interval, status.read().inFlight.at(-1)]).toEqual([
        interval,
        interval === 'busy' ? 7 : 1,
      ]);
    }
  });

  test('counts by the time that has passed when an interval ended late', () => {
    const { recorder: status, pass } = recorder();
    for (let sent = 0; sent < 40; sent += 1) status.count(200, 0.001);
    pass(4000);
    status.sample();

    expect(status.read().requestsPerSecond).toEqual([10]);
  });

  test.each([0, 1e-9, 1e9, Number.NaN])('takes a duration of %p seconds', (seconds) => {
    const { recorder: status, pass } = recorder();
    status.count(200, seconds);
    pass(2000);
    status.sample();

    expect(status.read().p50Ms[0]).toBeGreaterThan(0);
  });

  test('is that of five minutes, the newest last', () => {
    const { recorder: status, pass } = recorder();
    for (let interval = 1; interval <= 400; interval += 1) {
      for (let sent = 0; sent < interval; sent += 1) status.count(200, 0.001);
      pass(2000);
      status.sample();
    }

    const read = status.read();

    expect(lengths(read)).toEqual([150]);
    expect([read.requestsPerSecond[0], read.requestsPerSecond.at(-1)]).toEqual([125.5, 200]);
    expect((read.times.at(-1) ?? 0) - (read.times[0] ?? 0)).toBe(298);
  });
});
