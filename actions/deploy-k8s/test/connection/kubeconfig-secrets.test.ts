import { describe, expect, it } from '@jest/globals';
import { maskable } from '@slipway/shared/secrets/spellings';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { hostileTexts } from '../../../../packages/local-cloud/src/hostile-texts.ts';
import { slowTexts } from '../../../../packages/local-cloud/src/linear-time.ts';
import { kubeconfigSecrets } from '../../src/connection/kubeconfig-secrets.ts';

const masked = (text: string) => kubeconfigSecrets(text).flatMap(maskable);

const secret = fc
  .array(
    fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), fc.constant('a b')),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((words) => `S${words.join(' ')}E-1234`)
  .filter((text) => !/[\r\n\t\u0085\u2028\u2029\x00-\x1f\x7f]| {2}/.test(text));

const styles = [
  (config: object) => JSON.stringify(config),
  (config: object) => JSON.stringify(config, null, 2),
  (config: object) => stringify(config),
  (config: object) => stringify(config, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 40 }),
  (config: object) => stringify(config, { defaultStringType: 'QUOTE_SINGLE' }),
  (config: object) =>
    stringify(config, { defaultStringType: 'BLOCK_LITERAL', defaultKeyType: 'PLAIN' }),
  (config: object) =>
    stringify(config, {
      defaultStringType: 'BLOCK_FOLDED',
      defaultKeyType: 'PLAIN',
      lineWidth: 40,
    }),
  (config: object) => stringify(config, { collectionStyle: 'flow' }),
  (config: object) => stringify(config, { indent: 8, indentSeq: false }),
];

describe('secrets of a kubeconfig', () => {
  it('are found however they are written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...styles), secret, secret, secret, (style, one, two, three) => {
        const exec = {
          command: 'aws',
          env: [
            { name: 'AWS_SECRET_ACCESS_KEY', value: three },
            { name: 'REGION', value: 'eu-central-1' },
          ],
        };
        const config = {
          kind: 'Config',
          users: [
            { name: 'a', user: { token: one } },
            { name: 'b', user: { username: 'me', password: two, 'as-groups': ['x'] } },
            { name: 'c', user: { exec } },
          ],
          clusters: [{ name: 'c', cluster: { server: 'https://api.example.com' } }],
        };
        const found = masked(style(config));
        for (const text of [one, two, three]) {
          expect(maskable(text).filter((part) => !found.includes(part))).toEqual([]);
        }
        expect(found).not.toContain('eu-central-1');
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  });

  it.each<[string, string[]]>([
    ['token: abcdef', ['abcdef']],
    ['  - token: "abc\\u0064ef"', ['abcdef', 'abc\\u0064ef']],
    ["{token: 'it''s one', x: 1}", ["it's one", "it''s one"]],
    ['token: |\n  line one\n  line two\nserver: x', ['line one\nline two', 'line one', 'line two']],
    ['user:\n  token:\n    abcdef', ['abcdef']],
    ['token: !!str &a abcdef # note', ['abcdef']],
    // A blank that is none in YAML, where a line is folded.
    ['token: "one\u2003\n  two"', ['one\u2003 two']],
    ["token: 'one\n  \u00a0two'", ['one \u00a0two']],
    ['token:\n  one\u3000\n  two', ['one\u3000 two']],
    ['client-key-data: LS0tLS1CRUdJTg==', ['LS0tLS1CRUdJTg==']],
    ['proxy-url: http://me:password1@proxy', ['password1']],
    ['config:\n  id-token: abcdef\n  refresh-token: ghijkl', ['abcdef', 'ghijkl']],
    ['{"value": "secret-one", "name": "API_TOKEN"}', ['secret-one']],
    ['- name: PASSWORD\n  value: hunter22', ['hunter22']],
    ['- value: hunter22\n  name: PASSWORD', ['hunter22']],
    ['- value: no-name-at-all', ['no-name-at-all']],
  ])('%j', (text, secrets) => {
    expect(masked(text)).toEqual(expect.arrayContaining(secrets));
  });

  it.each([
    '- name: AWS_PROFILE\n  value: default',
    '- value: default\n  name: AWS_PROFILE',
    '{"name": "AWS_REGION", "value": "eu-central-1"}',
    'tokenFile: /var/run/token',
    'token: ""\nserver: https://api.example.com',
    'user:\n  token:\ncurrent-context: production',
    'certificate-authority-data: LS0tLS1CRUdJTg==',
  ])('nothing is hidden of %j', (text) => {
    expect(masked(text)).toEqual([]);
  });

  it('are looked for in linear time', async () => {
    const texts = [
      ...hostileTexts,
      ['blanks', (n: number) => `token:${' '.repeat(n)}`],
      ['keys without an end', (n: number) => 'token'.repeat(n / 5)],
      ['open quotes', (n: number) => 'token: "'.repeat(n / 8)],
      [
        'lines further and further right',
        (n: number) =>
          Array.from({ length: Math.sqrt(n) }, (_, i) => `${' '.repeat(i)}token: |`).join('\n'),
      ],
      ['fields on one line', (n: number) => `{${'token: a,'.repeat(n / 9)}}`],
      ['names without values', (n: number) => 'name: a value: '.repeat(n / 15)],
      ['addresses', (n: number) => '://a:'.repeat(n / 5)],
      ['comments', (n: number) => `token: ${'#'.repeat(n)}`],
      ['lines without a value', (n: number) => 'token:\n'.repeat(n / 7)],
    ] as const;
    expect(await slowTexts(kubeconfigSecrets, { texts })).toEqual([]);
  });
});
