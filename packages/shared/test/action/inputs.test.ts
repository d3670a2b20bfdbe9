import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../local-cloud/src/any-character.ts';
import {
  BadInput,
  boolean,
  duration,
  type Input,
  lines,
  matching,
  secret,
  text,
} from '../../src/action/input.ts';
import { type Problem, readInputs } from '../../src/action/inputs.ts';
import { map, secretMap } from '../../src/action/key-values.ts';
import { Failure } from '../../src/failure/failure.ts';

const manifest = {
  name: 'deploy-test',
  inputs: {
    image: { required: true, default: '' },
    'health-url': { required: false, default: '' },
    timeout: { required: false, default: '10m' },
    rollback: { required: false, default: 'true' },
    env: { required: false, default: '' },
    secrets: { required: false, default: '' },
    password: { required: false, default: '' },
    'two words': { required: false, default: '' },
  },
  outputs: [],
} as const;

const spec = {
  image: matching(/^[a-z/:0-9]+$/, 'is not an image', 'ghcr.io/owner/app'),
  'health-url': text,
  timeout: duration('1s', '1h'),
  rollback: boolean,
  env: map(),
  secrets: secretMap({ example: 'TOKEN=…' }),
  password: secret(text),
  'two words': lines(text),
};

/** Reads the inputs of a step with this `with:`. */
function read(given: Record<string, string>, rules?: (problem: Problem) => void) {
  const masked: string[] = [];
  const env = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
  try {
    const source = { env, mask: (part: string) => masked.push(part) };
    const values = readInputs(manifest, spec, source, (_, problem) => rules?.(problem));
    return { masked, values, problems: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.code).toBe('action/input');
    return { masked, values: undefined, problems: error.message.split('\n') };
  }
}

describe('values', () => {
  it('takes what is given, else the default, else nothing', () => {
    const { values } = read({ image: 'app:1', rollback: 'false' });
    expect(values).toEqual({ image: 'app:1', timeout: 600_000, rollback: false });
  });

  it('finds names with hyphens and blanks as the runner spells them', () => {
    const { values } = read({ image: 'app', 'health-url': 'x', 'two words': 'a\nb' });
    expect(values).toMatchObject({ 'health-url': 'x', 'two words': ['a', 'b'] });
  });

  it.each([
    ['empty', ''],
    ['blank', ' \t\r\n'],
  ])('takes an input that is %s for one that was not given', (_, empty) => {
    expect(read({ image: 'app', timeout: empty, env: empty }).values).toEqual({
      image: 'app',
      timeout: 600_000,
      rollback: true,
    });
    expect(read({ image: empty }).problems).toEqual([
      'Input image is required. Valid: ghcr.io/owner/app',
    ]);
  });

  it.each([
    ['blanks at the ends', ' \t main \r\n', 'main'],
    ['blanks inside', 'a \t b', undefined],
    ['quotes', '"main"', '"main"'],
    ['a BOM', '\ufeffmain', '\ufeffmain'],
    ['an NBSP', '\xa0main\xa0', '\xa0main\xa0'],
    ['an em space', '\u2003main', '\u2003main'],
  ])('trims ASCII blanks at the ends only: %s', (_, given, value) => {
    expect(read({ image: 'app', 'health-url': given }).values?.['health-url']).toBe(value);
  });

  it('keeps the ends of lines', () => {
    const { values } = read({ image: 'app', env: 'A= 1 \nB=2 ' });
    expect(values?.env).toEqual(new Map(Object.entries({ A: ' 1 ', B: '2 ' })));
  });
});

describe('problems', () => {
  it('are told all at once, in the order of action.yml, each with an example', () => {
    expect(
      read({ image: 'App', timeout: '1 d', rollback: 'yes', env: 'A', secrets: '=x' }).problems,
    ).toEqual([
      'Input image is not an image. Valid: ghcr.io/owner/app',
      'Input timeout is not a duration. Valid: 10m',
      'Input rollback is neither true nor false. Valid: true',
      'Input env has no = in line 1. Valid: LOG_LEVEL=info',
      'Input secrets has no usable key in line 1. Valid: TOKEN=…',
    ]);
  });

  it('between inputs are looked for when each one is right', () => {
    const rules = (problem: Problem) => {
      problem('env', 'has a key that secrets has too');
      problem('health-url', 'needs an image', 'https://…');
    };
    expect(read({ image: 'app' }, rules).problems).toEqual([
      'Input env has a key that secrets has too.',
      'Input health-url needs an image. Valid: https://…',
    ]);
    expect(read({}, rules).problems).toEqual(['Input image is required. Valid: ghcr.io/owner/app']);
  });

  it.each([
    ['health-url', 'a\nb', 'U+000A. Valid: a single line'],
    ['health-url', 'a\r\nb', 'U+000D. Valid: a single line'],
    ['health-url', 'a\0b', 'U+0000. Valid: printable text'],
    ['health-url', 'a\x1b[31mb', 'U+001B. Valid: printable text'],
    ['health-url', 'a\x7fb', 'U+007F. Valid: printable text'],
    ['env', 'A=\x07', 'U+0007. Valid: printable text'],
    ['env', 'A=1\rB=2', 'U+000D. Valid: printable text'],
  ])('%s: %j has a control character', (name, given, end) => {
    expect(read({ image: 'app', [name]: given }).problems).toEqual([
      `Input ${name} contains the control character ${end}`,
    ]);
  });

  it.each([
    ['a line', 'health-url', 1_000],
    ['lines', 'env', 100_000],
  ])('%s has a longest text', (_, name, longest) => {
    const start = name === 'env' ? 'A=' : '';
    expect(read({ image: 'app', [name]: start.padEnd(longest, 'x') }).problems).toEqual([]);
    expect(read({ image: 'app', [name]: start.padEnd(longest + 1, 'x') }).problems).toEqual([
      `Input ${name} is longer than ${longest} characters (${longest + 1}). Valid: a shorter text`,
    ]);
  });

  it('have no example where there is none', () => {
    const input: Input<string> = {
      parse() {
        throw new BadInput('is wrong', '');
      },
    };
    const one = { ...manifest, inputs: { image: manifest.inputs.image } };
    const source = { env: { INPUT_IMAGE: 'x' }, mask: () => undefined };
    expect(() => readInputs(one, { image: input }, source)).toThrow(/^Input image is wrong\.$/);
  });

  it('of a parser itself are bugs and go through', () => {
    const broken: Input<string> = {
      parse() {
        throw new TypeError('a bug');
      },
    };
    const one = { ...manifest, inputs: { image: manifest.inputs.image } };
    const source = { env: { INPUT_IMAGE: 'x' }, mask: () => undefined };
    expect(() => readInputs(one, { image: broken }, source)).toThrow(TypeError);
  });
});

describe('secrets', () => {
  it('are masked before anything is parsed', () => {
    const { masked, problems } = read({ secrets: 'A=hunter22\nlost-key', password: 'correct' });
    expect(problems).toHaveLength(2);
    expect(masked).toEqual(['hunter22', 'lost-key', 'A=hunter22', 'correct']);
  });

  test('are never in an error, whatever is wrong with them', () => {
    const line = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.base64String({ minLength: 4 }),
      fc.tuple(fc.constantFrom('A', 'B', 'A-B', ''), fc.string()).map((pair) => pair.join('=')),
    );
    const given = fc.record({
      secrets: fc.array(line),
      password: fc.string({ unit: anyCharacter }),
    });
    // Texts of ours that a random secret may hit upon.
    const ours =
      read({ secrets: '=\0', password: '\n', image: 'A' }).problems.join() +
      '000 line key twice has the of longer than characters shorter text';
    fc.assert(
      fc.property(given, ({ secrets, password }) => {
        const told = read({ secrets: secrets.join('\n'), password }).problems.join('\n');
        for (const part of [...secrets, ...secrets.flatMap((one) => one.split('=')), password]) {
          if (part.trim().length >= 4 && !ours.includes(part)) expect(told).not.toContain(part);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('inputs that the action does not have', () => {
  it.each([
    ['healthurl', 'health-url'],
    ['health_url', 'health-url'],
    ['secret', 'secrets'],
    ['time-out', 'timeout'],
    ['roolback', 'rollback'],
    ['imgae', 'image'],
    ['url', 'health-url'],
    ['health-endpoint', 'health-url'],
    ['words-of-two', 'two words'],
    ['registry', Object.keys(manifest.inputs).join(', ')],
    ['x', Object.keys(manifest.inputs).join(', ')],
  ])('%s ends the run, and names %s', (name, meant) => {
    for (const value of ['true', '']) {
      expect(read({ image: 'app', [name]: value }).problems).toEqual([
        `Input ${name} does not exist in deploy-test. Valid: ${meant}`,
      ]);
    }
  });

  it('are told with everything else that is wrong', () => {
    expect(read({ imgae: 'app', rollback: 'yes' }).problems).toEqual([
      'Input imgae does not exist in deploy-test. Valid: image',
      'Input image is required. Valid: ghcr.io/owner/app',
      'Input rollback is neither true nor false. Valid: true',
    ]);
  });

  it('have a name of any length that is not repeated at length', () => {
    const { problems } = read({ image: 'app', ['x'.repeat(30_000)]: 'y' });
    expect(problems[0]?.length).toBeLessThan(300);
  });
});
