import { BadInput, type Input } from '@slipway/shared/action/input';
import { WireReader } from './ssh-wire.ts';

/** One pinned key: a line of a known_hosts file, or a bare fingerprint. */
export type Pin =
  | { kind: 'key'; hosts: readonly string[]; type: string; key: Buffer; revoked: boolean }
  | { kind: 'fingerprint'; fingerprint: string };

/** What the pins say about the key that a host offered. */
export type HostKeyVerdict =
  | { trusted: true }
  | { trusted: false; why: 'unknown' | 'changed' | 'revoked'; expected: string };

const example = 'web-1.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…';
const keyType = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))$/;

/**
 * Lines of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) or `SHA256:…` fingerprints.
 * Certificates (`@cert-authority`) are refused: the SSH library cannot check them.
 */
export const knownHosts: Input<Pin[]> = {
  example,
  multiline: true,
  longest: 100_000,
  parse(text) {
    return text
      .split(/\r?\n/)
      .map((line, index) => ({ line: line.trim(), number: index + 1 }))
      .filter(({ line }) => line !== '' && !line.startsWith('#'))
      .map(({ line, number }) => parsePin(line, number));
  },
};

function parsePin(line: string, number: number): Pin {
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(line)) {
    return { kind: 'fingerprint', fingerprint: line.replace(/=$/, '') };
  }
  const fields = line.split(/[ \t]+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [hosts, type, base64] = fields;
  if (marker !== undefined && marker !== '@revoked') {
    throw new BadInput(
      `has the marker ${marker} in line ${number}, which is not supported`,
      example,
    );
  }
  if (!hosts || !type || !base64)
    throw new BadInput(`has too few fields in line ${number}`, example);
  if (!keyType.test(type)) throw new BadInput(`has no known key type in line ${number}`, example);
  const key = Buffer.from(base64, 'base64');
  // A key that was cut off would look like a changed key, which means an attack.
  if (!isWhole(key, type)) {
    throw new BadInput(`has a key that is cut off or not a ${type} in line ${number}`, example);
  }
  return { kind: 'key', hosts: hosts.split(','), type, key, revoked: marker !== undefined };
}

function isWhole(key: Buffer, type: string): boolean {
  const reader = new WireReader(key);
  if (reader.string()?.toString('latin1') !== type) return false;
  while (reader.left > 0) if (reader.string() === undefined) return false;
  return true;
}

/** The pins as a known_hosts file, for programs that read one; they have no use for fingerprints. */
export function knownHostsText(pins: readonly Pin[]): string {
  return pins
    .flatMap((pin) => (pin.kind === 'key' ? [pin] : []))
    .map(({ hosts, type, key, revoked }) => {
      const marker = revoked ? '@revoked ' : '';
      return `${marker}${hosts.join(',')} ${type} ${key.toString('base64')}\n`;
    })
    .join('');
}

/** Judges the key that a host offers against the pins. `name` is as in {@link knownHostsName}. */
export function judgeHostKey(pins: readonly Pin[], name: string, offered: Buffer): HostKeyVerdict {
  const fingerprint = fingerprintOf(offered);
  const ofHost = pins.filter((pin) => pin.kind === 'key' && matchesHost(pin.hosts, name));
  const same = ofHost.filter((pin) => pin.kind === 'key' && pin.key.equals(offered));
  if (same.some((pin) => pin.kind === 'key' && pin.revoked)) {
    return { trusted: false, why: 'revoked', expected: '' };
  }
  const lines = ofHost.flatMap((pin) =>
    pin.kind === 'key' && !pin.revoked ? [fingerprintOf(pin.key)] : [],
  );
  // A bare fingerprint may be that of another host, so lines that name this host decide.
  const expected =
    lines.length > 0
      ? lines
      : pins.flatMap((pin) => (pin.kind === 'fingerprint' ? [pin.fingerprint] : []));
  if (expected.includes(fingerprint)) return { trusted: true };
  return {
    trusted: false,
    why: expected.length > 0 ? 'changed' : 'unknown',
    expected: expected.join(', '),
  };
}

/** Key types that are pinned for a host, so that it is asked for one of them first. */
export function pinnedTypes(pins: readonly Pin[], name: string): string[] {
  const types = pins.flatMap((pin) =>
    pin.kind === 'key' && !pin.revoked && matchesHost(pin.hosts, name) ? [pin.type] : [],
  );
  return [...new Set(types)];
}

/** `SHA256:…` as ssh-keygen -l shows it. */
export function fingerprintOf(key: Buffer): string {
  const { hash } = process.getBuiltinModule('node:crypto');
  return `SHA256:${hash('sha256', key, 'base64').replace(/=+$/, '')}`;
}

/** The known_hosts line for a key. */
export function knownHostsLine(name: string, key: Buffer): string {
  const type = new WireReader(key).string()?.toString('latin1');
  return `${name} ${type} ${key.toString('base64')}`;
}

function matchesHost(patterns: readonly string[], name: string): boolean {
  const lower = name.toLowerCase();
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesOne(pattern.slice(1), lower))) {
    return false;
  }
  return patterns.some((pattern) => matchesOne(pattern, lower));
}

function matchesOne(pattern: string, name: string): boolean {
  if (pattern.startsWith('|1|')) {
    const { createHmac } = process.getBuiltinModule('node:crypto');
    const [, , salt = '', digest = ''] = pattern.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === digest;
  }
  return matchesGlob(pattern.toLowerCase(), name);
}

// `*` and `?` as in sshd(8). A regular expression would take for ever on many stars.
function matchesGlob(pattern: string, name: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = index;
    } else if (pattern[at] === '?' || pattern[at] === name[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}
