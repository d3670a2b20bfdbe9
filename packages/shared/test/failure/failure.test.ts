import { describe, expect, it } from '@jest/globals';
import { Failure, messageOf } from '../../src/failure/failure.ts';

describe('Failure', () => {
  it('says what happened, with the live facts, and what to do', () => {
    const cause = new Error('exit code 3');
    const failure = Failure.of('deploy/exited', { what: 'web', why: 'exit code 3' }, cause);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({
      name: 'Failure',
      code: 'deploy/exited',
      message: 'web stopped instead of serving: exit code 3.',
      remedy: 'The last log lines usually say why the app gave up.',
      cause,
    });
  });

  it('has no cause when there is none', () => {
    expect(Failure.of('action/cancelled', { signal: 'SIGINT' })).not.toHaveProperty('cause');
  });
});

describe('messageOf', () => {
  const refused = new Error('connect ECONNREFUSED 127.0.0.1:1');
  const failure = Failure.of('ssh/lost', { host: 'h', said: 'reset' }, refused);
  it.each<[what: string, thrown: unknown, message: string]>([
    ['an error', refused, 'connect ECONNREFUSED 127.0.0.1:1'],
    ['an error without words', new TypeError(), 'TypeError'],
    ['its causes', new Error('a', { cause: new Error('b', { cause: 'c' }) }), 'a: b: c'],
    ['a failure, which has said it all', failure, 'The connection to h was lost: reset.'],
    [
      'a failure as a cause',
      new Error('no lock', { cause: failure }),
      `no lock: ${failure.message}`,
    ],
    [
      'several, as a connection to two addresses',
      new AggregateError([refused, new Error('b')]),
      'connect ECONNREFUSED 127.0.0.1:1; b',
    ],
    ['several with words', new AggregateError([refused], 'all failed'), 'all failed'],
    ['a text', 'text', 'text'],
    ['nothing', undefined, 'undefined'],
  ])('%s', (_, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});
