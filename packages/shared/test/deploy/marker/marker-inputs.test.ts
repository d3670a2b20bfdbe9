import { describe, expect, it } from '@jest/globals';
import { readInputs } from '../../../src/action/inputs.ts';
import { checkMarkerInputs, markerInputs } from '../../../src/deploy/marker/marker-inputs.ts';
import { messageOf } from '../../../src/failure/failure.ts';

const none = { required: false, default: '' };
const manifest = {
  name: 'deploy-test',
  inputs: { 'grafana-url': none, 'grafana-token': none, 'grafana-environment': none },
  outputs: [],
} as const;

/** What is said about the inputs of a marker; empty where they are right. */
function said(url: string, token: string, masks: string[] = []): string {
  const env = { 'INPUT_GRAFANA-URL': url, 'INPUT_GRAFANA-TOKEN': token };
  const source = { env, mask: (secret: string) => void masks.push(secret) };
  try {
    readInputs(manifest, markerInputs, source, checkMarkerInputs);
    return '';
  } catch (error) {
    return messageOf(error);
  }
}

const together =
  'Input grafana-url and grafana-token go together. Valid: https://grafana.example.com and its token';

describe('the inputs of a deploy marker', () => {
  it.each([
    ['https://grafana.example.com', 'glsa_1'],
    ['https://example.com/grafana/', 'glsa_1'],
    ['http://127.0.0.1:3000', 'glsa_1'],
    ['http://[::1]:3000/', 'glsa_1'],
    ['', ''],
  ])('%j and %j are right', (url, token) => {
    expect(said(url, token)).toBe('');
  });

  it.each([
    ['https://grafana.example.com', '', together],
    ['', 'glsa_1', together],
    [
      'http://grafana.internal:3000',
      'glsa_1',
      'http to another machine, which would show the token',
    ],
    ['http://127.0.0.1.evil.example', 'glsa_1', 'http to another machine'],
    ['https://admin:hunter2@grafana.example', 'glsa_1', 'grafana-url carries credentials'],
    ['https://grafana.example/?orgId=1', 'glsa_1', 'is more than the address of Grafana'],
    ['grafana.example.com', 'glsa_1', 'grafana-url is not an http(s) address'],
    ['https://grafana.example', 'glsa 1', 'grafana-token has characters that no token has'],
  ])('%j and %j are refused', (url, token, words) => {
    expect(said(url, token)).toContain(words);
  });

  it('of which the token is masked before anything is looked at, and never said', () => {
    const masks: string[] = [];
    expect(said('nonsense', 'glsa ünusable', masks)).not.toContain('glsa');
    expect(masks).toEqual(['glsa ünusable']);
  });
});
