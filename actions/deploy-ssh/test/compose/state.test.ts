import { expect, describe as group, it } from '@jest/globals';
import {
  type Container,
  describe,
  judge,
  judgeSince,
  publishedPorts,
  readLook,
  serviceOf,
} from '../../src/compose/state.ts';

/** A running container of service web, but for what is changed. */
function container(
  state: Partial<Container['State']> = {},
  more: { restarts?: number; policy?: string; name?: string } = {},
): Container {
  return {
    Id: 'c1',
    Name: '/shop-web-1',
    RestartCount: more.restarts ?? 0,
    Config: { Image: 'app', Labels: { 'com.docker.compose.service': more.name ?? 'web' } },
    HostConfig: {
      RestartPolicy: { Name: more.policy ?? 'unless-stopped' },
      PortBindings: {},
    },
    State: { Status: 'running', ExitCode: 0, OOMKilled: false, Error: '', ...state },
    NetworkSettings: { Ports: {} },
  };
}

const health = (Status: string, Output = '', ExitCode = 1) => ({
  Health: {
    Status,
    Log: [
      { ExitCode: 0, Output: 'fine' },
      { ExitCode, Output },
    ],
  },
});
const ended = (ExitCode: number) => ({ Status: 'exited', ExitCode });

group('the containers of a project', () => {
  it.each([
    ['one that runs', [container()]],
    ['one that is healthy', [container(health('healthy'))]],
    ['a job that is done', [container(), container(ended(0), { policy: 'no' })]],
    [
      'a job that may restart on failure and is done',
      [container(ended(0), { policy: 'on-failure' })],
    ],
    ['one that was restarted once or twice', [container({}, { restarts: 2 })]],
  ])('have settled: %s', (_, containers) => {
    expect(judge(containers)).toEqual({ state: 'settled' });
  });

  it.each([
    ['none yet', [], 'no container yet'],
    ['one that was made', [container({ Status: 'created' })], 'web: created'],
    ['one that starts', [container(health('starting'))], 'web: running, starting'],
    [
      'one that is being restarted',
      [container({ Status: 'restarting', ExitCode: 1 }, { restarts: 1 })],
      'web: restarting, exit code 1, restarted once',
    ],
    [
      'one of two',
      [container(), container(health('starting'), { name: 'db' })],
      'db: running, starting',
    ],
    [
      'one that went down while it was unhealthy',
      [container({ Status: 'restarting', ExitCode: 1, ...health('unhealthy') }, { restarts: 1 })],
      'web: restarting, unhealthy, exit code 1, restarted once',
    ],
  ])('are on their way: %s', (_, containers, text) => {
    expect(judge(containers)).toEqual({ state: 'progress', text });
  });

  it.each([
    ['one that ended', [container(ended(7))], 'deploy/exited', 'exit code 7'],
    ['one that ended well but should run', [container(ended(0))], 'deploy/exited', 'exit code 0'],
    ['a job that failed', [container(ended(2), { policy: 'no' })], 'deploy/exited', 'exit code 2'],
    [
      'one without memory',
      [container({ ...ended(137), OOMKilled: true })],
      'deploy/exited',
      'it ran out of memory',
    ],
    [
      'one that the engine could not start',
      [container({ ...ended(128), Error: 'no such file' })],
      'deploy/exited',
      'exit code 128, no such file',
    ],
    [
      'one that is dead',
      [container({ Status: 'dead', ExitCode: 1 })],
      'deploy/exited',
      'exit code 1',
    ],
    [
      'one that crashes again and again',
      [container({ Status: 'restarting', ExitCode: 3 }, { restarts: 3 })],
      'deploy/exited',
      'it was restarted 3 times, exit code 3',
    ],
    [
      'one that is unhealthy',
      [container(health('unhealthy', 'no database\n', 4))],
      'deploy/unhealthy',
      'exit code 4, no database',
    ],
    [
      'one that is unhealthy without a word',
      [container(health('unhealthy'))],
      'deploy/unhealthy',
      'exit code 1, it printed nothing',
    ],
    [
      'one whose checks are not kept',
      [container({ Health: { Status: 'unhealthy', Log: null } })],
      'deploy/unhealthy',
      'exit code ?, it printed nothing',
    ],
    [
      'the second of two',
      [container(), container(ended(1), { name: 'db' })],
      'deploy/exited',
      'db',
    ],
  ])('have failed: %s', (_, containers, code, text) => {
    const seen = judge(containers);
    expect(seen).toMatchObject({ state: 'failed', failure: { code } });
    if (seen.state === 'failed') expect(seen.failure.message).toContain(text);
  });

  const at = (second: number) => new Date(second * 1_000).toISOString();
  /** Made at second 0, ended the last time at `end`, after five restarts. */
  const starting = (
    period: number,
    end: number,
    state: Partial<Container['State']> = { Status: 'restarting', ExitCode: 1 },
    test = ['CMD', 'check'],
  ): Container => {
    const made = container({ FinishedAt: at(end), ...state }, { restarts: 5 });
    const Healthcheck = { Test: test, StartPeriod: period * 1_000_000_000 };
    return { ...made, Created: at(0), Config: { ...made.Config, Healthcheck } };
  };

  it.each([
    ['exits until its database is up', starting(30, 12), 'progress'],
    ['exits at the end of the period', starting(30, 30), 'progress'],
    ['runs for the moment', starting(30, 29, health('starting')), 'progress'],
    ['has found its database', starting(30, 29, health('healthy')), 'settled'],
  ])('may be restarted within the start period of a health check: one that %s', (_, one, state) => {
    expect(judge([one]).state).toBe(state);
  });

  it.each([
    ['exits after its start period', starting(30, 31)],
    ['runs for the moment after it', starting(30, 31, health('starting'))],
    ['has no start period', starting(0, 12)],
    ['has its health check switched off', starting(30, 12, undefined, ['NONE'])],
    ['has exited for good', starting(30, 12, ended(1))],
    [
      'is never started again',
      {
        ...starting(30, 12, ended(1)),
        HostConfig: { RestartPolicy: { Name: 'no' }, PortBindings: {} },
      },
    ],
    ['does not say when it was made', { ...starting(30, 12), Created: undefined }],
  ])('have failed in spite of a start period: one that %s', (_, one) => {
    const { Created, ...rest } = one;
    expect(judge([Created === undefined ? rest : { ...rest, Created }])).toMatchObject({
      state: 'failed',
      failure: { code: 'deploy/exited' },
    });
  });

  it('keep the exit code of one that runs for the moment', () => {
    const one = container({ Status: 'running' }, { restarts: 3 });
    const printed = `died c1 1\ndied c2 4\ndied c1 7\n${JSON.stringify([one])}\n`;
    const sighting = judge(readLook(printed));
    expect(sighting.state === 'failed' && sighting.failure.message).toContain(
      'it was restarted 3 times, exit code 7 the last time, and runs for the moment',
    );
  });

  const web = { ...container(), Id: 'web', Config: { Image: 'new', Labels: null } };
  const sidecar = (state: Partial<Container['State']>, restarts = 0): Container => ({
    ...container(state, { name: 'sidecar', restarts }),
    Id: 'sidecar',
  });
  it.each([
    ['restarting before', [sidecar({ Status: 'restarting' }, 50)], [sidecar({}, 57)], 'settled'],
    ['unhealthy before', [sidecar(health('unhealthy'))], [sidecar(health('unhealthy'))], 'settled'],
    ['down before', [sidecar(ended(1))], [sidecar(ended(1))], 'settled'],
    ['restarted twice before', [sidecar({}, 2)], [sidecar({}, 4)], 'settled'],
    ['well before', [sidecar({})], [sidecar(ended(1))], 'failed'],
    ['well before and crashing since', [sidecar({}, 1)], [sidecar({}, 4)], 'failed'],
    ['not there before', [], [sidecar(ended(1))], 'failed'],
  ])('that the run has not touched are judged by how they were: %s', (_, before, now, state) => {
    expect(judgeSince([web, ...now], before, 'new').state).toBe(state);
  });

  it('that run the image are judged whatever they were before', () => {
    const ill = { ...web, State: { ...web.State, ...ended(1) } };
    expect(judgeSince([ill], [ill], 'new').state).toBe('failed');
    expect(judgeSince([ill], [ill], 'other').state).toBe('settled');
    expect(judgeSince([], [], 'new').state).toBe('progress');
  });

  it('are named by their service, else by themselves', () => {
    expect(serviceOf(container({}, { name: 'db' }))).toBe('db');
    expect(serviceOf({ ...container(), Config: { Image: 'app', Labels: null } })).toBe(
      'shop-web-1',
    );
    expect(describe(container({ ...ended(137), OOMKilled: true }))).toBe(
      'web: exited, exit code 137, out of memory',
    );
  });

  it('publish their TCP ports', () => {
    const Ports = {
      '53/udp': [{ HostIp: '0.0.0.0', HostPort: '53' }],
      '3000/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
      '9000/tcp': null,
    };
    expect(publishedPorts({ ...container(), NetworkSettings: { Ports } })).toEqual([
      { address: '127.0.0.1', port: 8080 },
    ]);
    expect(publishedPorts({ ...container(), NetworkSettings: { Ports: null } })).toEqual([]);
  });
});
