import { expect, test } from '@jest/globals';
import { eventsAbout } from '../../src/pods/events.ts';
import { podView } from '../../src/pods/pod-view.ts';
import { keptOfEvent, keptOfPod } from '../../src/rollout/kept.ts';
import { event, pod, running } from './objects.ts';

const big = pod('a', {
  inits: [{ name: 'prepare', image: 'x', env: [{ name: 'A', value: 'b' }] }],
  containers: [
    { name: 'web', image: 'shop:new', env: [{ name: 'A', value: 'b' }], readinessProbe: {} },
  ],
  statuses: [running()],
});

test('a verdict sees the same of a pod that is kept as of the whole one', () => {
  const { object, ...kept } = podView(keptOfPod(big));
  const { object: whole, ...all } = podView(big);
  expect(kept).toEqual(all);
  expect(JSON.stringify(object)).not.toContain('"env"');
  expect(JSON.stringify(whole)).toContain('"env"');
});

test('and the same of an event', () => {
  const one = event('a', 'Unhealthy', 'Readiness probe failed', { series: { count: 7 } });
  const about = new Set(['uid-a']);
  expect(eventsAbout([keptOfEvent(one)], about)).toEqual(eventsAbout([one], about));
});
