import { describe, expect, it } from '@jest/globals';
import { secretReferences } from '../src/secret-references.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-db-AbCdEf:url::';

describe('references to secrets', () => {
  it.each([arn, 'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/shop/db', '/shop/production/db'])(
    '%s is taken, and shown',
    (reference) => {
      const text = `DATABASE_URL=${reference}`;
      expect(secretReferences.parse(text)).toEqual(new Map([['DATABASE_URL', reference]]));
      expect(secretReferences.secrets?.(text)).toEqual([]);
    },
  );

  it.each([
    'postgres://shop:hunter2@db/shop',
    'hunter2hunter2',
    'arn:aws:s3:::bucket/key',
    'shop-db',
  ])('%s is masked, refused, and not quoted', (value) => {
    const text = `DATABASE_URL=${value}`;
    expect(secretReferences.secrets?.(text)).toContain(value);
    expect(() => secretReferences.parse(text)).toThrow('DATABASE_URL');
    expect(() => secretReferences.parse(text)).not.toThrow(value);
  });

  it('masks the lines of a value that lost its form', () => {
    const text = `A=${arn}\n-----BEGIN KEY-----\nabcdefgh`;
    expect(secretReferences.secrets?.(text)).toEqual(['abcdefgh']);
  });
});
