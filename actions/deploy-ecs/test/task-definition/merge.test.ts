import { describe, expect, it } from '@jest/globals';
import { containerIn, image, olderImage, prepare, shopWith, web } from './world.ts';

const reference = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db';
const other = '/shop/db';

describe('env and secrets', () => {
  it.each([
    [
      'a value that is there changes where it is, a new one comes behind',
      { env: { LOG_LEVEL: 'debug', NEW: 'a=b' } },
      [
        { name: 'LOG_LEVEL', value: 'debug' },
        { name: 'EMPTY', value: '' },
        { name: 'NEW', value: 'a=b' },
      ],
      undefined,
    ],
    [
      'an empty value stays and may be set',
      { env: { LOG_LEVEL: '' } },
      [
        { name: 'LOG_LEVEL', value: '' },
        { name: 'EMPTY', value: '' },
      ],
      undefined,
    ],
    [
      'secrets do not need env',
      { secrets: { DB: reference } },
      web['environment'],
      [{ name: 'DB', valueFrom: reference }],
    ],
    [
      'a name that becomes a secret leaves the environment',
      { secrets: { LOG_LEVEL: reference } },
      [{ name: 'EMPTY', value: '' }],
      [{ name: 'LOG_LEVEL', valueFrom: reference }],
    ],
  ])('%s', async (_, scene, environment, secrets) => {
    const { document } = await prepare(scene);
    expect(containerIn(document)).toMatchObject({ environment });
    expect(containerIn(document)['secrets']).toEqual(secrets);
  });

  it('a name that is no secret any more leaves the secrets', async () => {
    const secrets = [
      { name: 'DB', valueFrom: reference },
      { name: 'KEY', valueFrom: other },
    ];
    const scene = { has: { 'shop:3': shopWith({ secrets }) }, env: { DB: 'sqlite' } };
    const { document } = await prepare(scene);
    expect(containerIn(document)['secrets']).toEqual([{ name: 'KEY', valueFrom: other }]);
  });

  it('are for the main container alone, and other fields stay', async () => {
    const side = { name: 'side', image: olderImage, environment: [{ name: 'A', value: '1' }] };
    const main = { ...web, versionConsistency: 'disabled', inventedIn2031: { a: [1, null] } };
    const has = { 'shop:3': shopWith({}, { containerDefinitions: [side, main] }) };
    const { document } = await prepare({ has, image, env: { A: '2' } });
    expect(containerIn(document, 'side')).toMatchObject(side);
    expect(containerIn(document)).toMatchObject({ ...main, image, environment: expect.anything() });
  });
});
