import { Failure } from '@slipway/shared/failure/failure';
import { fingerprintOf } from '../keys/known-hosts.ts';
import type { HostAddress } from '../ssh/address.ts';
import { lastLinesOf, mustSucceed, type ScriptResult } from '../ssh/script/remote-script.ts';
import { missing, type WantedCommit } from './fetch-script.ts';
import { type Access, accessName } from './repository/access.ts';

const denied =
  /Permission denied \(|Authentication failed|could not read (?:Username|Password)|[Rr]epository .*not found|access denied|does not exist or you do not have|don't have permission|not appear to be a git repository|returned error: 40[13]/;

/** Why a fetch failed. The messages are those of git and ssh without a language. */
export function fetchFailure(
  ended: ScriptResult,
  what: string,
  { repository, commit, access }: WantedCommit & { access: Access },
  on: HostAddress,
): Failure {
  const { host } = on;
  const { address } = repository;
  const said = lastLinesOf(ended);
  if (ended.code === missing) return Failure.of('git/commit', { commit, address });
  if (repository.kind === 'ssh' && /Host key verification failed/.test(ended.stderr)) {
    const server = repository.host;
    if (/IDENTIFICATION HAS CHANGED|REVOKED HOST KEY/.test(ended.stderr)) {
      const fingerprint = /SHA256:[A-Za-z0-9+/]+/.exec(ended.stderr)?.[0] ?? 'another key';
      return Failure.of('git/host-key-changed', { server, host, fingerprint });
    }
    const line = offered(ended.stdout);
    const key = Buffer.from(line?.split(' ')[2] ?? '', 'base64');
    return line
      ? Failure.of('git/host-key-unknown', { server, fingerprint: fingerprintOf(key), line })
      : Failure.of('git/fetch', { host, address, said });
  }
  if (denied.test(ended.stderr)) {
    return Failure.of('git/access', {
      host,
      address,
      access: accessName(repository, access),
      said,
    });
  }
  if (/^(?:fatal|error|ssh): /m.test(ended.stderr)) {
    return Failure.of('git/fetch', { host, address, said });
  }
  mustSucceed(ended, what, on);
  throw new Error('a fetch that went well has no failure');
}

/** The line of the type that most servers publish, or else the first one. */
function offered(printed: string): string | undefined {
  const lines = printed
    .split('\n')
    .filter((line) => line.startsWith('offered '))
    .map((line) => line.slice('offered '.length).trim());
  return lines.find((line) => line.includes(' ssh-ed25519 ')) ?? lines[0];
}
