import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { startScriptedApiServer } from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import { podsOfShop, signal, startScripting } from './scripted.ts';

const get = { ...podsOfShop, name: 'a' };

it('a port where nothing listens: the address ranges of a private cluster come first', async () => {
  await using scripting = await startScripting({ server: new URL('https://127.0.0.1:1') });
  await expect(scripting.api.get(get, signal)).rejects.toMatchObject({
    code: 'k8s/unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
    remedy: expect.stringMatching(/^If the cluster is private, or has authorised IP ranges:/),
  });
});

it('packets that are dropped on the way: the same, after ten seconds for each attempt', async () => {
  await using dropped = await startDropping();
  const address = new URL(`https://127.0.0.1:${dropped.port}`);
  await using scripting = await startScripting({ server: address });
  await expect(scripting.api.get(get, signal)).rejects.toMatchObject({
    code: 'k8s/unreachable',
    message: expect.stringContaining('no connection within 10 s'),
    remedy: expect.stringMatching(/^If the cluster is private, or has authorised IP ranges:/),
  });
}, 20_000);

it('a name that no DNS server knows', async () => {
  await using scripting = await startScripting({ server: new URL('https://cluster.invalid') });
  await expect(scripting.api.get(get, signal)).rejects.toMatchObject({
    code: expect.stringMatching(/^k8s\/un(?:known-host|reachable)$/),
    message: expect.stringContaining('cluster.invalid'),
  });
});

it('an authority that is not trusted', async () => {
  await using other = await startScriptedApiServer();
  await using scripting = await startScripting({ ca: other.certificateAuthority });
  await expect(scripting.api.get(get, signal)).rejects.toMatchObject({
    code: 'k8s/certificate-authority',
  });
  expect(scripting.server.requests).toEqual([]);
});

it('a certificate for another name, and the name that makes it right', async () => {
  await using server = await startScriptedApiServer('DNS:kubernetes.example');
  const access = { server: new URL(server.server), ca: server.certificateAuthority };
  await using wrong = await startScripting(access);
  await expect(wrong.api.get(get, signal)).rejects.toMatchObject({
    code: 'k8s/certificate-name',
    remedy: expect.stringContaining('tls-server-name'),
  });
  await using right = await startScripting({ ...access, tlsServerName: 'kubernetes.example' });
  server.on('GET /api/v1/namespaces/shop/pods/a', { status: 200, body: { kind: 'Pod' } });
  expect(await right.api.get(get, signal)).toEqual({ kind: 'Pod' });
});

it('a server without TLS', async () => {
  const plain = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => {
    plain.listen(0, '127.0.0.1', resolve);
  });
  const address = plain.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await using scripting = await startScripting({ server: new URL(`https://127.0.0.1:${port}`) });
  await expect(scripting.api.get(get, signal)).rejects.toMatchObject({ code: 'k8s/no-tls' });
  plain.close();
});

it('a proxy of the kubeconfig that does not answer', async () => {
  await using scripting = await startScripting({ proxy: 'http://127.0.0.1:1' });
  await expect(scripting.api.get(get, signal)).rejects.toMatchObject({ code: 'k8s/unreachable' });
  expect(scripting.server.requests).toEqual([]);
});

/** A port whose queue is full, so that the kernel drops who else knocks, as a firewall does. */
async function startDropping(): Promise<AsyncDisposable & { port: number }> {
  const listens = `const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', listens], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const port = Number(said);
  const queue = Array.from({ length: 5 }, () =>
    connect(port, '127.0.0.1').on('error', () => undefined),
  );
  if (queue[0]) await once(queue[0], 'connect');
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of queue) socket.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
