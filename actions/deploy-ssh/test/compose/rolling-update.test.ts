import { describe, expect, it } from '@jest/globals';
import { rollingUpdateOf } from '../../src/compose/rolling-update.ts';
import {
  type ComposeService,
  delayOf,
  inOrder,
  startsFirst,
  wantedPorts,
} from '../../src/compose/services.ts';
import type { Container } from '../../src/compose/state.ts';

const web = (deploy: ComposeService['deploy'] = {}): ComposeService => ({ deploy });
const two = web({ replicas: 2 });
const beside = web({ update_config: { order: 'start-first' } });

/** `old web a` or `new web b exited`: age, service, id and, if it is not running, its state. */
function container(text: string): Container {
  const [age = '', service = '', Id = '', Status = 'running', port] = text.split(' ');
  const healthy = Status === 'unhealthy' || Status === 'healthy';
  return {
    Id,
    Name: `/shop-${service}-${Id}`,
    RestartCount: 0,
    Config: {
      Image: 'app',
      Labels: {
        'com.docker.compose.service': service,
        'com.docker.compose.config-hash': age === 'new' ? `hash-of-${service}` : 'another',
      },
    },
    HostConfig: { RestartPolicy: { Name: 'always' }, PortBindings: {} },
    State: {
      Status: healthy ? 'running' : Status,
      ExitCode: 0,
      OOMKilled: false,
      Error: '',
      ...(healthy ? { Health: { Status, Log: [] } } : {}),
    },
    NetworkSettings: {
      Ports: port ? { '3000/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] } : {},
    },
  };
}

/** Each stage as `-removed +arguments`, without what all of them have. */
function walk(services: Record<string, ComposeService>, there: readonly string[]) {
  const hashes = Object.keys(services)
    .map((name) => `${name} hash-of-${name};`)
    .join('');
  const made = rollingUpdateOf({ project: { services }, hashes, containers: there.map(container) });
  return made?.stages.map(({ remove, compose }) =>
    [
      ...remove.map((id) => `-${id}`),
      ...(compose ? [`+${compose.replace('up -d --no-build --no-deps ', '')}`] : []),
    ].join(' '),
  );
}

describe('everything is brought up at once', () => {
  it.each<[string, Record<string, ComposeService>, string[]]>([
    ['where nothing runs', { web: web(), db: web() }, []],
    ['where nothing changes', { a: web(), b: web() }, ['new a 1', 'new b 2']],
    ['where one container changes', { web: web(), db: web() }, ['old web 1', 'new db 2']],
    ['where of those that change one runs', { a: web(), b: web() }, ['old a 1', 'old b 2 exited']],
    ['where no replica runs', { web: two }, ['old web 1 exited', 'new web 2']],
    [
      'where services exchange their ports',
      { a: { ports: [{ published: '3002' }] }, b: { ports: [{ published: '3001' }] } },
      ['old a 1 running 3001', 'old b 2 running 3002'],
    ],
    [
      'where a service takes the port of one that is no more',
      { a: web(), b: web(), c: { ports: [{ published: '3000-3002', protocol: 'tcp' }] } },
      ['old a 1', 'old b 2', 'old gone 3 running 3001'],
    ],
    [
      'where a service takes the name of one that is no more',
      { a: web(), b: web(), c: { container_name: 'shop-gone-3' } },
      ['old a 1', 'old b 2', 'old gone 3'],
    ],
  ])('%s', (_, services, there) => {
    expect(walk(services, there)).toBeUndefined();
  });
});

describe('one after the other', () => {
  it.each<[string, Record<string, ComposeService>, string[], string[]]>([
    [
      'services, each after those that it needs',
      { a: { depends_on: { z: {} } }, b: web(), z: web() },
      ['old a 1', 'old b 2', 'old z 3'],
      ['+z', '+a', '+b'],
    ],
    [
      'services that change, and those that are missing or down',
      { a: web(), b: web(), c: web(), d: web(), e: web() },
      ['old a 1', 'new b 2', 'old c 3', 'new d 4 exited'],
      ['+a', '+c', '+--no-recreate d', '+--no-recreate e'],
    ],
    [
      'replicas',
      { web: two },
      ['old web 1', 'old web 2'],
      ['-1 +--no-recreate web', '-2 +--no-recreate web'],
    ],
    [
      'replicas by the older word',
      { web: { scale: 2 } },
      ['old web 1', 'old web 2'],
      ['-1 +--no-recreate web', '-2 +--no-recreate web'],
    ],
    [
      'replicas, those first that serve nobody',
      { web: web({ replicas: 3 }) },
      ['old web 1 healthy', 'old web 2 unhealthy', 'old web 3 exited'],
      ['-3 +--no-recreate web', '-2 +--no-recreate web', '-1 +--no-recreate web'],
    ],
    [
      'replicas that become more',
      { web: web({ replicas: 3 }) },
      ['old web 1', 'old web 2'],
      ['+--no-recreate web', '-1 +--no-recreate web', '-2 +--no-recreate web'],
    ],
    [
      'replicas of which one is missing',
      { web: two },
      ['old web 1'],
      ['+--no-recreate web', '-1 +--no-recreate web'],
    ],
    [
      'a service without containers from now on',
      { a: web(), b: web(), c: web({ replicas: 0 }) },
      ['old a 1', 'old b 2', 'old c 3'],
      ['+a', '+b'],
    ],
    [
      'a service that starts first: the old one goes once the new one is ready',
      { web: beside },
      ['old web 1'],
      ['+--no-recreate --scale web=2 web', '-1'],
    ],
    [
      'the same in a rollback, where the old one is still there',
      { web: beside },
      ['new web 1', 'old web 2'],
      ['+--no-recreate --scale web=2 web', '-2'],
    ],
    [
      'a service that depends on a replaced one with restart: true',
      {
        a: { depends_on: { db: { restart: true } } },
        b: { depends_on: { db: {} } },
        c: { depends_on: { db: { restart: true } } },
        db: web(),
      },
      ['new a 1', 'new b 2', 'old c 3', 'old db 4'],
      ['+db', '+restart --no-deps a', '+c'],
    ],
  ])('%s', (_, services, there, stages) => {
    expect(walk(services, there)).toEqual(stages);
  });
});

describe('a service', () => {
  it.each<[ComposeService, boolean]>([
    [beside, true],
    [web({ update_config: { order: 'stop-first' } }), false],
    [{ ...beside, ports: [{ published: '3000' }] }, false],
    [{ ...beside, ports: [{ protocol: 'tcp' }] }, true],
    [{ ...beside, container_name: 'web' }, false],
    [web(), false],
  ])('%j starts first: %s', (service, starts) => {
    expect(startsFirst(service)).toBe(starts);
  });

  it.each([
    [undefined, 0],
    ['2s', 2_000],
    ['1.5s', 1_500],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1h0m0s', 3_600_000],
  ])('has a delay of %s: %d ms', (delay, ms) => {
    expect(delayOf(web({ update_config: delay === undefined ? {} : { delay } }))).toBe(ms);
  });

  it.each<[ComposeService['ports'], string[]]>([
    [undefined, []],
    [[{ protocol: 'tcp' }], []],
    [
      [{ published: '53', protocol: 'udp' }, { published: '80' }],
      ['53/udp', '80/tcp'],
    ],
    [[{ published: '3001-3003', protocol: 'tcp' }], ['3001/tcp', '3002/tcp', '3003/tcp']],
  ])('with ports %j wants %j', (ports, wanted) => {
    expect(wantedPorts(ports === undefined ? {} : { ports })).toEqual(wanted);
  });

  it('comes once, also where others of its kind need it', () => {
    const needs = (...names: string[]) => ({
      depends_on: Object.fromEntries(names.map((name) => [name, {}])),
    });
    const services = { a: needs('b', 'c'), b: needs('c', 'profile'), c: {} };
    expect(inOrder({ services }).map(([name]) => name)).toEqual(['c', 'b', 'a']);
  });
});
