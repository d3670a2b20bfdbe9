import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What answers at one port of an address. */
interface Door extends AsyncDisposable {
  /** Resolves once it listens, or cannot; that is printed. */
  listens: Promise<void>;
}

/** What is behind a door: a port of this machine that everything goes on to, or an answer over HTTP. */
export type Behind = { port: () => Promise<number> } | { answer: () => DoorAnswer };

/** The ports of groups that take traffic, on addresses of loopback. */
export class Doors implements AsyncDisposable {
  readonly #wanted = new Map<string, Behind>();
  readonly #doors = new Map<string, Door>();
  readonly #turns = new Map<string, Promise<void>>();

  open(address: string, port: number, behind: Behind): void {
    this.#wanted.set(`${address}:${port}`, behind);
    this.#turn(address, port);
  }

  close(address: string, port: number): void {
    this.#wanted.delete(`${address}:${port}`);
    this.#turn(address, port);
  }

  /** Closes all of an address. */
  closeAll(address: string): void {
    for (const key of this.#wanted.keys()) {
      const [host, port] = key.split(':');
      if (host === address) this.close(address, Number(port));
    }
  }

  /** Resolves once nothing is being opened or closed any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#turns.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wanted.clear();
    await this.settled();
    await Promise.all([...this.#doors.values()].map((door) => door[Symbol.asyncDispose]()));
  }

  // One after the other: a port is free only once its listener has gone.
  #turn(address: string, port: number): void {
    const key = `${address}:${port}`;
    const before = this.#turns.get(key) ?? Promise.resolve();
    this.#turns.set(
      key,
      before.then(async () => {
        const [door, wanted] = [this.#doors.get(key), this.#wanted.get(key)];
        if (door) await door[Symbol.asyncDispose]();
        this.#doors.delete(key);
        if (!wanted) return;
        const opened =
          'port' in wanted
            ? proxyDoor(address, port, wanted.port)
            : answeringDoor(address, port, wanted.answer);
        this.#doors.set(key, opened);
        await opened.listens;
      }),
    );
  }
}

/** An answer over HTTP. */
export interface DoorAnswer {
  status: number;
  body: string;
}

function proxyDoor(address: string, port: number, target: () => Promise<number>): Door {
  const server = createServer((incoming) => {
    incoming.on('error', () => incoming.destroy());
    target().then(
      (at) => {
        const there = connect(at, '127.0.0.1');
        incoming.pipe(there).pipe(incoming);
        incoming.on('close', () => there.destroy());
        there.on('error', () => incoming.destroy()).on('close', () => incoming.destroy());
      },
      () => incoming.destroy(),
    );
  });
  return doorOf(server, address, port);
}

function answeringDoor(address: string, port: number, answer: () => DoorAnswer): Door {
  const server = createHttpServer((_, outgoing) => {
    const { body, status } = answer();
    outgoing.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  });
  return doorOf(server, address, port);
}

function doorOf(server: Server, address: string, port: number): Door {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  const listens = new Promise<void>((resolve) => {
    server.once('listening', resolve);
    server.once('error', (error) => {
      console.error(`local-cloud: ${address}:${port} cannot be listened on:`, error);
      resolve();
    });
  });
  server.listen(port, address);
  return {
    listens,
    async [Symbol.asyncDispose]() {
      await listens;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
