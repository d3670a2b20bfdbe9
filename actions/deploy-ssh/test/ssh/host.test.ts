import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { knownHosts } from '../../src/keys/known-hosts.ts';
import { openKey } from '../../src/keys/open-key.ts';
import { openHost } from '../../src/ssh/host.ts';

const { signal } = new AbortController();
const ours = ssh2.utils.generateKeyPairSync('ed25519');
const theirs = ssh2.utils.generateKeyPairSync('ed25519');

/** What came in at a server. */
interface Seen {
  connections: number;
  logins: string[];
}

let servers: Array<{ close(): void }> = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

/** A server that hangs up on everybody. */
async function hangsUp(seen: Seen): Promise<number> {
  const server = createServer((socket) => {
    seen.connections += 1;
    socket.destroy();
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return Object(server.address()).port;
}

/** A server that lets nobody in. */
async function refuses(seen: Seen): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [theirs.private] }, (client) => {
    seen.connections += 1;
    client.on('error', () => undefined);
    client.on('authentication', (login) => {
      seen.logins.push(login.method);
      login.reject(['publickey', 'password', 'keyboard-interactive']);
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object(server.address()).port;
}

describe('a host that does not let us in', () => {
  it.each([
    ['hangs up', hangsUp, 'ssh/unreachable', []],
    ['does not take the key', refuses, 'ssh/auth', ['publickey']],
    ['has another key than the pinned one', refuses, 'ssh/host-key-changed', []],
    ['has a key that is not known', refuses, 'ssh/host-key-unknown', []],
  ] as const)('as it %s is asked once, and for nothing else', async (_, serve, code, logins) => {
    const seen: Seen = { connections: 0, logins: [] };
    const port = await serve(seen);
    const pinned = code === 'ssh/host-key-changed' ? ours.public : theirs.public;
    const pins = code === 'ssh/host-key-unknown' ? '' : `[127.0.0.1]:${port} ${pinned}`;
    const key = await openKey({ text: ours.private, passphrase: undefined });
    const address = { user: 'deploy', host: '127.0.0.1', port, text: '' };
    const host = await openHost(address, { key, pins: knownHosts.parse(pins) });
    await expect(host.run('looking', ':', signal)).rejects.toMatchObject({ code });
    expect(host.reached()).toBe(false);
    await host.close();
    expect(seen).toEqual({ connections: 1, logins });
  });
});
