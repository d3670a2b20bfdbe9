import { expect, describe as group, it } from '@jest/globals';
import { systemClock } from '../../../../packages/shared/src/time/clock.ts';
import type { Container } from '../../src/compose/state.ts';
import { staysUp } from '../../src/compose/stays-up.ts';

const { signal } = new AbortController();

function container(Id: string, more: Partial<Container> = {}): Container {
  return {
    Id,
    Name: `/shop-${Id}-1`,
    RestartCount: 0,
    Config: { Image: 'app', Labels: { 'com.docker.compose.service': Id } },
    HostConfig: { RestartPolicy: { Name: 'always' }, PortBindings: {} },
    State: { Status: 'running', ExitCode: 0, OOMKilled: false, Error: '' },
    NetworkSettings: { Ports: {} },
    ...more,
  };
}

const running = { Status: 'running', ExitCode: 0, OOMKilled: false, Error: '' };
const checked = container('web', { State: { ...running, Health: { Status: 'healthy', Log: [] } } });
const worker = container('worker');

/** What is there first, and after the wait; how long it waited. */
async function look(first: Container[], then: Container[]) {
  const looks = [first, then];
  const slept: number[] = [];
  const clock = { ...systemClock, sleep: async (ms: number) => void slept.push(ms) };
  const said = await staysUp(async () => looks.shift() ?? [], clock, signal).catch(
    (error: Error) => error.message,
  );
  return { said, slept };
}

group('containers that nobody can ask', () => {
  it('need no wait when each has a health check', async () => {
    expect(await look([checked], [])).toEqual({
      said: 'by the state of its containers',
      slept: [],
    });
  });

  it.each([
    ['run on', [worker], 'by the state of its containers, which ran on for 5.0 s'],
    [
      'were started again',
      [container('worker', { RestartCount: 1 })],
      'Container worker stopped instead of serving: it was started again within 5.0 s.',
    ],
    ['are gone', [], 'Container worker stopped instead of serving: it was gone within 5.0 s.'],
    [
      'have ended',
      [container('worker', { State: { ...running, Status: 'exited', ExitCode: 3 } })],
      'Container worker stopped instead of serving: exit code 3.',
    ],
  ])('and have none are watched: they %s', async (_, then, said) => {
    expect(await look([checked, worker], [checked, ...then])).toEqual({ said, slept: [5_000] });
  });
});
