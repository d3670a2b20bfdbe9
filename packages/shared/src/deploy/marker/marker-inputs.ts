import { BadInput, type Input, matching, secret, text, webAddress } from '../../action/input.ts';
import type { Problem } from '../../action/inputs.ts';
import { isLoopback } from '../../identity/registry-host.ts';

const address = 'https://grafana.example.com';

// The token goes there, so it has to be https, or this machine.
const grafanaAddress: Input<URL> = {
  example: address,
  parse(value) {
    const url = webAddress.parse(value);
    if (url.search !== '' || url.hash !== '') {
      throw new BadInput('is more than the address of Grafana', address);
    }
    if (url.protocol !== 'https:' && !isLoopback(url.host)) {
      throw new BadInput('is http to another machine, which would show the token', address);
    }
    return url;
  },
};

/** The inputs of a deploy marker, which every deploy action has, each with its parser. */
export const markerInputs = {
  'grafana-url': grafanaAddress,
  'grafana-token': secret(
    matching(
      /^[\x21-\x7e]+$/,
      'has characters that no token has',
      'the token of a service account',
    ),
  ),
  'grafana-environment': text,
} as const;

/** The values of {@link markerInputs}. */
export interface MarkerValues {
  'grafana-url'?: URL | undefined;
  'grafana-token'?: string | undefined;
  'grafana-environment'?: string | undefined;
}

/** One of the two alone would leave out a marker that somebody relies on. */
export function checkMarkerInputs(values: MarkerValues, problem: Problem): void {
  if ((values['grafana-url'] === undefined) === (values['grafana-token'] === undefined)) return;
  problem('grafana-url', 'and grafana-token go together', `${address} and its token`);
}
