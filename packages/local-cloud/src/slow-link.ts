import { connect, createServer, type Socket } from 'node:net';

/** A line to a port on loopback, as long as one to the other end of the world, that can break. */
export interface SlowLink extends AsyncDisposable {
  /** Where to connect to instead. */
  port: number;
  /** Bytes that went towards the server so far. */
  sent(): number;
  /** Resolves as soon as that many bytes went towards the server. */
  carried(bytes: number): Promise<void>;
  /** Ends every connection at once, in both directions, as a reset does. */
  cut(): void;
  /** Nothing passes any more, in both directions, and nobody is told; new connections neither. */
  stall(): void;
  /** What was held back passes, and everything after it. */
  resume(): void;
}

interface Chunk {
  due: number;
  /** Nothing when the sender has ended. */
  bytes: Buffer | undefined;
}

/**
 * Starts a proxy on loopback that holds everything back for a time, in the order in which it came.
 * There is no limit on the rate. The kernel acknowledges on both sides of it at once, so it shows
 * what round trips of a protocol cost, not those of TCP.
 * @param to a port on 127.0.0.1
 * @param delay in one direction, in milliseconds; a round trip takes it twice
 */
export async function startSlowLink(to: number, delay = 0): Promise<SlowLink> {
  const open = new Set<Socket>();
  const wakers = new Set<() => void>();
  const waiting: Array<{ bytes: number; arrived: () => void }> = [];
  let stalled = false;
  let sent = 0;

  const count = (bytes: number) => {
    sent += bytes;
    for (const one of waiting.splice(0)) {
      if (sent >= one.bytes) one.arrived();
      else waiting.push(one);
    }
  };

  const carry = (from: Socket, into: Socket, passed: (bytes: number) => void) => {
    const queue: Chunk[] = [];
    let timer: NodeJS.Timeout | undefined;
    const pass = () => {
      clearTimeout(timer);
      timer = undefined;
      while (!stalled) {
        const next = queue[0];
        if (!next) return;
        const wait = next.due - performance.now();
        if (wait > 0) {
          timer = setTimeout(pass, wait);
          return;
        }
        queue.shift();
        if (!next.bytes) {
          into.end();
        } else {
          passed(next.bytes.length);
          // What the other side does not take must not pile up here.
          if (!into.write(next.bytes)) {
            from.pause();
            into.once('drain', () => from.resume());
          }
        }
      }
    };
    const hold = (bytes?: Buffer) => {
      queue.push({ due: performance.now() + delay, bytes });
      if (timer === undefined) pass();
    };
    from.on('data', hold);
    from.on('end', () => hold());
    wakers.add(pass);
    from.on('close', () => {
      clearTimeout(timer);
      wakers.delete(pass);
    });
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const host = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [client, host],
      [host, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        if (socket.errored) other.destroy();
      });
    }
    carry(client, host, count);
    carry(host, client, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    sent: () => sent,
    carried: (bytes) =>
      new Promise((resolve) => {
        if (sent >= bytes) resolve();
        else waiting.push({ bytes, arrived: resolve });
      }),
    cut,
    stall() {
      stalled = true;
    },
    resume() {
      stalled = false;
      for (const wake of wakers) wake();
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
