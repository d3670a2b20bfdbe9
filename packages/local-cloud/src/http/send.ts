import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Sent } from './variety.ts';

/** Sends an answer. When it breaks on its way, or the client leaves, the connection ends, no more. */
export async function send({ body, head, status }: Sent, outgoing: ServerResponse): Promise<void> {
  // A pipeline into a client that has left listens to none of its streams.
  for (const stream of body) stream.on('error', () => outgoing.destroy());
  outgoing.writeHead(status, head);
  await pipeline([...body, outgoing]).catch(() => outgoing.destroy());
  for (const stream of body) stream.destroy();
}
