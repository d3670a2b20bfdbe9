import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/aws/refusal.ts';
import { checkFields, type Fields } from '../../src/aws/shape.ts';

const fields: Fields = {
  family: 'string',
  'cpu?': 'number',
  'tags?': [{ key: 'string', 'value?': 'string' }],
  'network?': { awsvpc: { subnets: ['string'], 'public?': 'boolean' } },
};

describe('a request is checked at every depth', () => {
  it.each<[value: unknown]>([
    [{ family: 'a' }],
    [{ family: 'a', cpu: 1, tags: [{ key: 'k', value: 'v' }, { key: 'l' }] }],
    [{ family: 'a', network: { awsvpc: { subnets: ['s'], public: true } } }],
    [{ family: 'a', tags: [] }],
  ])('%j is taken', (value) => {
    expect(() => checkFields(value, fields)).not.toThrow();
  });

  it.each<[value: unknown, code: string, said: string]>([
    [{}, 'InvalidParameterException', "'family'"],
    [{ family: 1 }, 'SerializationException', 'family has the wrong type'],
    [{ family: 'a', famly: 'b' }, 'SerializationException', 'Unknown field famly'],
    [{ family: 'a', tags: {} }, 'SerializationException', 'tags has the wrong type'],
    [{ family: 'a', tags: [{ kye: 'k' }] }, 'SerializationException', 'Unknown field tags[0].kye'],
    [{ family: 'a', tags: [{}] }, 'InvalidParameterException', "'tags[0].key'"],
    [
      { family: 'a', network: { awsvpc: { subnets: [1] } } },
      'SerializationException',
      'network.awsvpc.subnets[0] has the wrong type',
    ],
    [{ family: 'a', toString: 'x' }, 'SerializationException', 'Unknown field toString'],
    [['family'], 'SerializationException', 'The body has the wrong type'],
    [null, 'SerializationException', 'The body has the wrong type'],
  ])('%j is refused', (value, code, said) => {
    const refused = (() => {
      try {
        checkFields(value, fields);
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({ code, message: expect.stringContaining(said) });
  });
});
