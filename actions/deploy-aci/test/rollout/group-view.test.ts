import { describe, expect, test } from '@jest/globals';
import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import { isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';
import { viewOf } from '../../src/rollout/group-view.ts';
import { at, container, ended, event, group, image, running, start } from '../groups.ts';

describe('the view of a container group', () => {
  test('has the states of all containers, the first to run first', () => {
    const view = viewOf(
      group([container('web', { current: running(3), previous: ended(1, 2), restarts: 1 })], {
        properties: {
          initContainers: [container('prepare', { current: ended(0, 1, 'Completed') })],
        },
      }),
    );
    expect(view).toMatchObject({
      provisioningState: 'Succeeded',
      state: 'Running',
      restartPolicy: 'Always',
      containers: [
        { name: 'prepare', isInit: true, state: 'Terminated', exitCode: 0, detail: 'Completed' },
        {
          name: 'web',
          isInit: false,
          image,
          state: 'Running',
          startTime: start + 3_000,
          restartCount: 1,
          previous: { state: 'Terminated', exitCode: 1, finishTime: start + 2_000 },
        },
      ],
    });
  });

  test('has the events of containers and of the group, the newest first, whatever their type', () => {
    const view = viewOf(
      group(
        [
          container('web', {
            events: [
              event('Pulling', 'pulling image', 1),
              event('BackOff', 'Back-off pulling image', 3),
              event('Failed', 'Failed to pull image', 2, { type: 'Warning', count: 4 }),
            ],
          }),
        ],
        { events: [event('FailedMount', 'mount error(13): Permission denied', 5)] },
      ),
    );
    expect(view.containers[0]?.events.map(({ name }) => name)).toEqual([
      'BackOff',
      'Failed',
      'Pulling',
    ]);
    expect(view.containers[0]?.events[1]).toMatchObject({ count: 4, type: 'Warning' });
    expect(view.events).toMatchObject([{ name: 'FailedMount', type: 'Normal' }]);
  });

  test('takes the name of an event out of its message, where an old API has it', () => {
    const { events } = viewOf(
      group([], {
        events: [
          { message: 'Pulling: pulling image "a:1"', lastTimestamp: at(1) },
          { message: 'no name: in here' },
        ],
      }),
    );
    expect(events).toMatchObject([
      { name: 'Pulling', message: 'pulling image "a:1"', count: 1 },
      { name: '', message: 'no name: in here', last: undefined },
    ]);
  });

  test.each([
    ['is not there', {}, undefined],
    ['is not assigned yet', { ipAddress: { ip: '0.0.0.0' } }, undefined],
    ['is empty', { ipAddress: { ip: '' } }, undefined],
    ['is there', { ipAddress: { ip: '20.1.2.3' } }, '20.1.2.3'],
  ])('has an address only when there is one: it %s', (_, properties: JsonObject, ip) => {
    expect(viewOf({ properties }).ip).toBe(ip);
  });

  test('has the public name and the ports', () => {
    const ipAddress = {
      fqdn: 'shop.eastus.azurecontainer.io',
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
        { port: 81 },
        { port: 'x' },
      ],
    };
    expect(viewOf({ properties: { ipAddress } })).toMatchObject({
      fqdn: 'shop.eastus.azurecontainer.io',
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
        { port: 81, protocol: 'TCP' },
      ],
    });
  });

  test('keeps words that nobody knows yet', () => {
    const view = viewOf(
      group([container('web', { current: { state: 'Hibernating', detailStatus: 'deep' } })], {
        provisioningState: 'Thawing',
        state: 'Snoozing',
      }),
    );
    expect(view).toMatchObject({
      provisioningState: 'Thawing',
      state: 'Snoozing',
      containers: [{ state: 'Hibernating', detail: 'deep' }],
    });
  });

  test('takes a time that says that nothing happened for none', () => {
    const [web] = viewOf(
      group([
        container('web', { current: { state: 'Waiting', startTime: '0001-01-01T00:00:00Z' } }),
      ]),
    ).containers;
    expect(web?.startTime).toBeUndefined();
  });

  test('reads numbers as they were written', () => {
    const text =
      '{"properties":{"containers":[{"name":"a","properties":{"instanceView":{"restartCount":2.0}}}]}}';
    const parsed = parseJsonAsIs(text);
    expect(isJsonObject(parsed) && viewOf(parsed).containers[0]?.restartCount).toBe(2);
  });

  const shapes: ReadonlyArray<readonly [string, JsonObject]> = [
    ['nothing', {}],
    ['no properties', { name: 'shop', properties: null }],
    ['properties of another kind', { properties: ['x'] }],
    ['containers of another kind', { properties: { containers: { web: 1 } } }],
    ['a container without properties', { properties: { containers: [{ name: 'web' }, null, 7] } }],
    ['no instance view', { properties: { containers: [{ name: 'web', properties: { image } }] } }],
    [
      'null in each place',
      group([container('web', { current: null, previous: null, restarts: null })], {
        provisioningState: null,
        state: null,
        events: null,
      }),
    ],
    [
      'things of another kind in each place',
      group(
        [
          container('web', {
            current: 'Running',
            previous: 3,
            restarts: '4',
            events: [null, 'x', []],
          }),
        ],
        {
          provisioningState: 7,
          state: [],
          events: [[], { count: -1, name: 5, message: {} }],
        },
      ),
    ],
  ];
  test.each(shapes)('reads %s', (_, answer) => {
    const view = viewOf(answer);
    for (const one of view.containers) {
      expect(one).toMatchObject({ state: undefined, restartCount: undefined, exitCode: undefined });
    }
    expect(view.ip).toBeUndefined();
  });
});
