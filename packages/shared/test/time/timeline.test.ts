import { describe, expect, it } from '@jest/globals';
import { Timeline } from '../../src/time/timeline.ts';
import { virtualClock } from '../deploy/virtual-clock.ts';

describe('Timeline', () => {
  it('measures phases, says each when it is over, and passes on what comes of it', async () => {
    const clock = virtualClock();
    const said: string[] = [];
    const timeline = new Timeline(clock, (line) => said.push(line));
    const broken = new Error('broken');

    const value = await timeline.phase('build', async () => {
      await clock.sleep(61_000);
      return 7;
    });
    const failed = timeline.phase('push', async () => {
      await clock.sleep(400);
      throw broken;
    });

    expect(value).toBe(7);
    await expect(failed).rejects.toBe(broken);
    expect(timeline.entries).toEqual([
      { name: 'build', start: 0, end: 61_000, ok: true },
      { name: 'push', start: 61_000, end: 61_400, ok: false },
    ]);
    expect(said).toEqual(['done: build (1 min 1 s)', 'FAILED: push (0.4 s)']);
  });
});
