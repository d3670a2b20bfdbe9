import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { diffTaskDefinitions } from '../../src/task-definition/diff/diff.ts';
import { shop, shopWith, web } from './world.ts';

const b = { name: 'b', image: 'b:1' };

describe('two task definitions are the same', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'in another order',
      {
        ...shop,
        containerDefinitions: [web, b],
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
        volumes: [{ name: 'x' }, { name: 'y' }],
      },
      {
        volumes: [{ name: 'y' }, { name: 'x' }],
        tags: [
          { value: '2', key: 'b' },
          { key: 'a', value: '1' },
        ],
        ...shop,
        containerDefinitions: [b, web],
      },
    ],
    [
      'with variables in another order',
      shopWith({
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
      shopWith({
        environment: [
          { name: 'B', value: '2' },
          { value: '1', name: 'A' },
        ],
      }),
    ],
    [
      'with ports as ECS fills them in',
      shopWith({ portMappings: [{ containerPort: 80 }] }),
      shopWith({ portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }] }),
    ],
    ['with sizes in other units', { ...shop, cpu: '0.25 vCPU', memory: '0.5 GB' }, shop],
    [
      'with what ECS fills in',
      shop,
      shopWith(
        { cpu: 0, essential: true, mountPoints: [], volumesFrom: [], systemControls: [] },
        { placementConstraints: [], volumes: [], enableFaultInjection: false },
      ),
    ],
    [
      'with a health check as ECS fills it in',
      shopWith({ healthCheck: { command: ['CMD', 'a'] } }),
      shopWith({ healthCheck: { command: ['CMD', 'a'], interval: 30, timeout: 5, retries: 3 } }),
    ],
    [
      'with a volume of the host',
      shopWith({}, { volumes: [{ name: 'a' }] }),
      shopWith({}, { volumes: [{ name: 'a', host: {} }] }),
    ],
    [
      'with a number in another spelling',
      shopWith({ stopTimeout: JSON.rawJSON('30.0') }),
      shopWith({ stopTimeout: 30 }),
    ],
    [
      'with what only a description has',
      shop,
      { ...shop, revision: 7, status: 'ACTIVE', registeredAt: 1 },
    ],
  ])('%s', (_, one, other) => {
    expect(diffTaskDefinitions(one, other)).toEqual([]);
    expect(diffTaskDefinitions(other, one)).toEqual([]);
  });
});

describe('a difference is told', () => {
  it.each<[string, JsonObject, JsonObject, [string, string, string]]>([
    [
      'of a variable',
      shop,
      shopWith({
        environment: [
          { name: 'LOG_LEVEL', value: 'debug' },
          { name: 'EMPTY', value: '' },
        ],
      }),
      ['web: environment LOG_LEVEL', 'info', 'debug'],
    ],
    [
      'of a variable that goes',
      shop,
      shopWith({ environment: [{ name: 'LOG_LEVEL', value: 'info' }] }),
      ['web: environment EMPTY', '(empty)', ''],
    ],
    [
      'of a reference',
      shopWith({ secrets: [{ name: 'PASSWORD', valueFrom: '/a' }] }),
      shopWith({ secrets: [{ name: 'PASSWORD', valueFrom: '/b' }] }),
      ['web: secret PASSWORD', '/a', '/b'],
    ],
    [
      'of a port',
      shop,
      shopWith({ portMappings: [{ containerPort: 8080, name: 'http' }] }),
      ['web: port 8080/tcp', 'yes', '{"name":"http"}'],
    ],
    [
      'of a tag',
      { ...shop, tags: [{ key: 'a', value: '1' }] },
      { ...shop, tags: [{ key: 'a', value: '2' }] },
      ['tag a', '1', '2'],
    ],
    [
      'of a volume',
      shop,
      { ...shop, volumes: [{ name: 'data', configuredAtLaunch: true }] },
      ['volume data', '', '{"configuredAtLaunch":true}'],
    ],
    [
      'of a command, where order counts',
      shopWith({ command: ['a', 'b'] }),
      shopWith({ command: ['b', 'a'] }),
      ['web: command', '["a","b"]', '["b","a"]'],
    ],
    [
      'of a field that nobody knows yet',
      shop,
      shopWith({ inventedIn2031: {} }),
      ['web: inventedIn2031', '', '{}'],
    ],
    [
      'of a text that was a number',
      shopWith({ user: '5' }),
      shopWith({ user: 5 }),
      ['web: user', '5', '5 (changed)'],
    ],
    [
      'of a value that says (empty)',
      shopWith({ environment: [{ name: 'A', value: '' }] }),
      shopWith({ environment: [{ name: 'A', value: '(empty)' }] }),
      ['web: environment A', '(empty)', '(empty) (changed)'],
    ],
    [
      'behind where it is cut',
      shopWith({ workingDirectory: `/${'x'.repeat(300)}a` }),
      shopWith({ workingDirectory: `/${'x'.repeat(300)}b` }),
      ['web: workingDirectory', `/${'x'.repeat(198)}…`, `/${'x'.repeat(198)}… (changed)`],
    ],
  ])('%s', (_, one, other, [what, before, after]) => {
    expect(diffTaskDefinitions(one, other)).toEqual([{ what, before, after }]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'by its name',
      { environment: [{ name: 'DB_PASSWORD', value: 'hunter2' }] },
      { environment: [{ name: 'DB_PASSWORD', value: 'hunter3' }] },
    ],
    [
      'by credentials in an address',
      { environment: [{ name: 'DB', value: 'postgres://a:hunter2@db' }] },
      { environment: [] },
    ],
    [
      'as it becomes a reference',
      { environment: [{ name: 'DB', value: 'hunter2' }] },
      { environment: [], secrets: [{ name: 'DB', valueFrom: '/db' }] },
    ],
    [
      'in an option of the log driver',
      { logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'hunter2' } } },
      {},
    ],
  ])('without a value that may be a secret: %s', (_, before, after) => {
    const lines = diffTaskDefinitions(shopWith(before), shopWith(after));
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toMatch(/hunter/);
  });

  it('in a hundred lines, however many there are', () => {
    const environment = Array.from({ length: 500 }, (_, index) => ({
      name: `A${index}`,
      value: '',
    }));
    const lines = diffTaskDefinitions(shopWith({ environment: [] }), shopWith({ environment }));
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toEqual({ what: 'more changes', before: '', after: '400' });
  });
});
