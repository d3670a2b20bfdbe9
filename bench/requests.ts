import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const connections = 8;

/**
 * Asks a server on loopback for a path, again and again on 8 connections that stay open, each with one
 * request at a time. Written for little work of its own, as it shares the processors with the server.
 * @throws when an answer is not 200 or a connection ends
 */
export async function sendRequests(port: number, path: string, count: number): Promise<void> {
  const each = Math.ceil(count / connections);
  await Promise.all(
    Array.from({ length: connections }, () => sendInTurn({ port, path, count: each })),
  );
}

function sendInTurn(o: { port: number; path: string; count: number }): Promise<void> {
  const request = `GET ${o.path} HTTP/1.1\r\nHost: 127.0.0.1:${o.port}\r\n\r\n`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = o.count;
  let answer = '';
  const socket = connect(o.port, '127.0.0.1', () => socket.write(request));
  socket.setEncoding('latin1');
  socket.setNoDelay(true);
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`the server closed a connection: ${answer}`)));
  socket.on('data', (chunk) => {
    answer += chunk;
    const end = answer.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
    if (end < 0 || answer.length < end + 4 + Number(length)) return;
    if (!answer.startsWith('HTTP/1.1 200 ')) {
      reject(new Error(`${o.path} was answered: ${answer}`));
      socket.destroy();
      return;
    }
    answer = '';
    left -= 1;
    if (left > 0) {
      socket.write(request);
      return;
    }
    resolve();
    socket.destroy();
  });
  return promise;
}

/** Seconds of CPU that a process has taken so far, all its threads; proc(5), fields 14 and 15. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
