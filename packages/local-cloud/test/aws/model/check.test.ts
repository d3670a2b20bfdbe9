import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findViolation, violationSentence } from '../../../src/aws/model/check.ts';
import { type ModelName, serviceModel } from '../../../src/aws/model/service-model.ts';
import { brokenOnce, valuesOf } from './shapes.ts';

const ecs = serviceModel('ecs');
const ecr = serviceModel('ecr');
const register = { shape: 'RegisterTaskDefinitionRequest' };

const found = (value: unknown, of: { shape: string } = register, keepsUnknown = false) =>
  findViolation(of === register ? ecs : ecr, of, value, { keepsUnknown });

describe('a request is checked at every depth', () => {
  const container = { name: 'web', image: 'app' };

  test.each<[value: unknown]>([
    [{ family: 'shop', containerDefinitions: [container] }],
    [{ family: 'shop', containerDefinitions: [], tags: [{ key: 'k', value: 'v' }] }],
    [
      {
        family: 'shop',
        containerDefinitions: [{ ...container, dockerLabels: { 'any key': 'x' } }],
      },
    ],
    [{ family: 'shop', containerDefinitions: [container], networkMode: 'awsvpc' }],
  ])('%j is taken', (value) => {
    expect(found(value)).toBeUndefined();
  });

  test.each<[value: unknown, kind: string, path: string, must: string]>([
    [{ containerDefinitions: [] }, 'constraint', 'family', 'must not be null'],
    [{ family: 'shop' }, 'constraint', 'containerDefinitions', 'must not be null'],
    [{ family: 1, containerDefinitions: [] }, 'type', 'family', 'must be a text'],
    [
      { family: 'shop', containerDefinitions: {} },
      'type',
      'containerDefinitions',
      'must be a list',
    ],
    [{ family: 'shop', famly: 'x', containerDefinitions: [] }, 'unknown', 'famly', 'knows'],
    [{ toString: 'x', family: 'shop', containerDefinitions: [] }, 'unknown', 'toString', 'knows'],
    [
      { family: 'shop', containerDefinitions: [container, { ...container, imgae: 'x' }] },
      'unknown',
      'containerDefinitions[1].imgae',
      'knows',
    ],
    [
      { family: 'shop', containerDefinitions: [{ portMappings: [{ containerPort: '80' }] }] },
      'type',
      'containerDefinitions[0].portMappings[0].containerPort',
      'must be a whole number',
    ],
    [
      { family: 'shop', containerDefinitions: [{ portMappings: [{ containerPort: 80.5 }] }] },
      'type',
      'containerDefinitions[0].portMappings[0].containerPort',
      'must be a whole number',
    ],
    [
      { family: 'shop', containerDefinitions: [], networkMode: 'vpc' },
      'constraint',
      'networkMode',
      'must satisfy enum value set: [bridge, host, awsvpc, none]',
    ],
    [{ family: 'shop', containerDefinitions: [null] }, 'type', 'containerDefinitions[0]', 'object'],
    [['family'], 'type', '', 'must be an object'],
    [null, 'type', '', 'must be an object'],
  ])('%j is refused', (value, kind, path, must) => {
    expect(found(value)).toMatchObject({ kind, path, must: expect.stringContaining(must) });
  });

  test.each<[value: object, must: string]>([
    [{ repositoryName: 'a' }, 'length greater than or equal to 2'],
    [{ repositoryName: 'a'.repeat(257) }, 'length less than or equal to 256'],
    [{ repositoryName: 'Team/App' }, 'regular expression'],
    [{ repositoryName: 'team/app\n' }, 'regular expression'],
    [{ repositoryName: 'app', registryId: '12345678901x' }, 'regular expression'],
    [{ repositoryName: 'app', tags: [{ Key: 'k' }] }, 'must not be null'],
  ])('%j is refused by ECR', (value, must) => {
    expect(found(value, { shape: 'CreateRepositoryRequest' })).toMatchObject({
      kind: 'constraint',
      must: expect.stringContaining(must),
    });
  });

  test('a member that nobody heard of is let through where the operation keeps it', () => {
    const document = {
      family: 'shop',
      ofTomorrow: { deep: [null] },
      containerDefinitions: [{ ...container, alsoNew: true }],
    };
    expect(found(document, register, true)).toBeUndefined();
    expect(found({ ...document, family: 1 }, register, true)).toMatchObject({ path: 'family' });
  });

  test('the sentence is that of AWS, and says no secret again', () => {
    const sts = serviceModel('sts');
    const of = { shape: 'AssumeRoleWithWebIdentityRequest' };
    const good = { RoleArn: 'arn:aws:iam::123456789012:role/x', RoleSessionName: 'x' };
    const long = { ...good, RoleSessionName: 'run' };
    const short = findViolation(sts, of, { ...good, WebIdentityToken: 'token' });
    expect(short && violationSentence(short)).toBe(
      "1 validation error detected: Value 'x' at 'RoleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    );
    const secret = findViolation(sts, of, { ...long, WebIdentityToken: 'abc' });
    expect(secret && violationSentence(secret)).toBe(
      "1 validation error detected: Value at 'WebIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
    );
  });
});

describe('what a generator makes from the model', () => {
  const all = (['ecs', 'ecr', 'ecr-public', 'elbv2', 'logs', 'sts'] as const).flatMap((name) =>
    Object.values(serviceModel(name).operations).flatMap(({ input, name: operation, output }) =>
      [input, output].flatMap((ref) => (ref ? [[name, operation, ref] as const] : [])),
    ),
  );
  const some = fc.constantFrom(...all).chain(([name, operation, ref]) =>
    fc.record({
      name: fc.constant<ModelName>(name),
      operation: fc.constant(operation),
      ref: fc.constant(ref),
      value: valuesOf(serviceModel(name), ref),
    }),
  );

  test('is taken', () => {
    fc.assert(
      fc.property(some, ({ name, ref, value }) => {
        expect(findViolation(serviceModel(name), ref, value)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  test('is refused with one more member', () => {
    fc.assert(
      fc.property(some, ({ name, ref, value }) => {
        const more = { ...Object(value), ofTomorrow: 1 };
        expect(findViolation(serviceModel(name), ref, more)?.kind).toBe('unknown');
      }),
      { numRuns: 100 },
    );
  });

  test('is refused with any one of its values replaced by one of another type', () => {
    fc.assert(
      fc.property(some, fc.nat(), ({ name, ref, value }, at) => {
        const all = brokenOnce(value);
        const broken = all[at % all.length]?.();
        expect(findViolation(serviceModel(name), ref, broken)).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });
});
