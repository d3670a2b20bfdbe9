import { describe, expect, test } from '@jest/globals';
import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import { isJsonObject, type Json, type JsonObject } from '@slipway/shared/document/json-object';
import fc from 'fast-check';
import { slowTexts } from '../../../../packages/local-cloud/src/linear-time.ts';
import { viewOf } from '../../src/rollout/group-view.ts';
import { at, container, crashLoop, ended, event, group, image, looks, running } from '../groups.ts';

const states: ReadonlyArray<Json | undefined> = [
  running(),
  running(-3_600),
  ended(0),
  ended(1),
  ended(137),
  ended(7_147),
  ended(143, -30),
  crashLoop,
  { state: 'Waiting', detailStatus: 'ImagePullBackOff' },
  { state: 'Terminated' },
  { state: 'Snoozing' },
  {},
  null,
  undefined,
];
const words = [
  'Failed',
  'BackOff',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
  'Killing',
  'Unhealthy',
  'FailedMount',
  '',
];
const messages = [
  `Failed to pull image "${image}": manifest unknown`,
  'Back-off restarting failed container',
  'Error: exec: "x": executable file not found in $PATH',
  'Liveness probe failed: HTTP status 500',
  'Readiness probe failed: HTTP status 500',
  'Container web failed liveness probe, will be restarted',
  'mount error(13): Permission denied',
  'pulling image',
];

const anEvent = fc
  .tuple(
    fc.constantFrom(...words),
    fc.constantFrom(...messages),
    fc.integer({ min: -100, max: 100 }),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([name, message, seconds, count]) => event(name, message, seconds, { count }));
/** Most are nearly well, so that settling is met as often as its opposite. */
const often = <T>(usual: T, others: readonly T[]) =>
  fc.oneof(
    { arbitrary: fc.constant(usual), weight: 4 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  );
const aContainer = fc
  .record({
    name: fc.constantFrom('web', 'worker', 'proxy'),
    current: often<Json | undefined>(running(), states),
    previous: often<Json | undefined>(undefined, states),
    restarts: often<Json>(0, [1, 2, 5, null]),
    events: fc.array(anEvent, { maxLength: 3 }),
  })
  .map(({ name, ...instance }) => container(name, instance));
const aGroup = fc
  .record({
    containers: fc.uniqueArray(aContainer, { maxLength: 3, selector: ({ name }) => name }),
    provisioningState: often<Json>('Succeeded', [
      ...['Pending', 'Creating', 'Updating', 'Failed', 'Canceled', 'Repairing', 'Unhealthy'],
      ...['NotAccessible', 'Deleting', 'PreProvisioned', 'Accepted', 'Thawing', null],
    ]),
    state: often<Json>('Running', ['Pending', 'Stopped', 'Succeeded', 'Failed', 'Odd', null]),
    events: fc.array(anEvent, { maxLength: 2 }),
    policy: often('Always', ['OnFailure', 'Never']),
  })
  .map(({ containers, policy, ...more }) =>
    group(containers, { ...more, properties: { restartPolicy: policy } }),
  );

/** The same document, with some of its parts left out and its lists in another order. */
function disturbed(value: Json, random: () => number): Json {
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    return items
      .filter(() => random() > 0.04)
      .map((item) => disturbed(item, random))
      .sort(() => random() - 0.5);
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name === 'properties' || random() > 0.04);
  return Object.fromEntries(
    kept.map(([name, inner]) => [name, inner === undefined ? inner : disturbed(inner, random)]),
  );
}

const aDisturbed = fc
  .tuple(aGroup, fc.infiniteStream(fc.nat({ max: 999 })))
  .map(([value, stream]) => {
    const random = () => {
      const { value: next } = stream.next();
      return next / 1_000;
    };
    const result = disturbed(value, random);
    return isJsonObject(result) ? result : {};
  });

const runsOrIsDone = (seen: JsonObject) => {
  const { containers, restartPolicy = 'Always' } = viewOf(seen);
  return (
    containers.length > 0 &&
    containers.every(
      ({ detail, exitCode, state }) =>
        state === 'Running' ||
        (restartPolicy !== 'Always' && (exitCode === 0 || detail === 'Completed')),
    )
  );
};

describe('a container group in any shape', () => {
  test('is never said to have settled while a container of it does not run', () => {
    let settled = 0;
    fc.assert(
      fc.property(aDisturbed, fc.option(aDisturbed, { nil: undefined }), (seen, before) => {
        const more = before && { before, document: {} };
        const all = looks([[seen, 70], [seen, 70], [seen]], more ?? { document: {} });
        if (all.at(-1)?.state !== 'settled') return;
        settled += 1;
        expect(runsOrIsDone(seen)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(settled).toBeGreaterThan(100);
  });

  test('has never failed by what it was before the change', () => {
    fc.assert(
      fc.property(aDisturbed, (before) => {
        const all = looks([[before, 10], [before, 10], [before]], { before, document: {} });
        expect(all.map(({ state }) => state)).not.toContain('failed');
      }),
      { numRuns: 1_000 },
    );
  });

  test('is read in whichever order its events come', () => {
    fc.assert(
      fc.property(aContainer, fc.array(anEvent, { maxLength: 6 }), ({ name }, events) => {
        const current = { state: 'Waiting' };
        const seen = (order: readonly Json[]) =>
          looks([[group([container(String(name), { current, events: order })])]], { document: {} });
        const [one] = seen(events);
        const [other] = seen(events.toReversed());
        expect(other?.state).toBe(one?.state);
      }),
    );
  });

  test('never throws, whatever Azure answers', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', 'web'), (text, name) => {
        const odd = parseJsonAsIs(text);
        const shapes: JsonObject[] = [
          { properties: odd },
          {
            properties: { containers: odd, instanceView: odd, ipAddress: odd, initContainers: odd },
          },
          {
            properties: { containers: [{ name, properties: odd }], instanceView: { events: odd } },
          },
          {
            properties: {
              containers: [
                {
                  name,
                  properties: {
                    readinessProbe: odd,
                    instanceView: {
                      currentState: odd,
                      previousState: odd,
                      restartCount: odd,
                      events: [odd],
                    },
                  },
                },
              ],
            },
          },
        ];
        for (const shape of shapes) {
          expect(looks([[shape, 40], [shape]], { before: shape, document: shape })).toHaveLength(2);
        }
      }),
    );
  });
});

test('words of others are read in one pass', async () => {
  const read = (text: string) => {
    const events = ['', 'Failed', 'BackOff', 'Killing', 'FailedMount', 'Unhealthy'].map((name) =>
      event(name, text, 2, { count: 2 }),
    );
    const odd = { state: 'Waiting', detailStatus: text };
    const seen = group(
      [
        container('web', {
          current: odd,
          previous: { ...ended(1), detailStatus: text },
          restarts: 3,
          events,
        }),
        container(text.slice(0, 60_000), { current: odd, events }, { image: text }),
      ],
      { provisioningState: text, state: text, events },
    );
    const operation = { state: 'failed', code: text, message: text } as const;
    looks([[seen], [seen, 1, operation]], { before: group([container('web', { events })]) });
    looks([[group([container('web', { current: running(), events })])]], { document: seen });
  };
  expect(await slowTexts(read)).toEqual([]);
});

test('a log of events of any length is read at once', () => {
  const events = Array.from({ length: 20_000 }, (_, index) =>
    event('Pulling', `pulling ${index}`, index, { lastTimestamp: at(index) }),
  );
  const seen = group([container('web', { current: running(), events })]);
  expect(looks([[seen, 6], [seen]]).at(-1)?.state).toBe('settled');
});
