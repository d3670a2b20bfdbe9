import type { ClientChannel } from 'ssh2';

const most = 4 * 1024 * 1024;

/**
 * Writes a stream to a channel as fast as the other side takes it, and ends it. Stops early, and lets
 * go of the stream, when the channel closes or the signal aborts. Up to 4 MiB wait for the channel at
 * any time: its own `drain` comes when nothing is left to send, and the connection would stand idle.
 */
export async function feed(
  input: AsyncIterable<Buffer>,
  channel: ClientChannel,
  signal: AbortSignal,
): Promise<void> {
  let waiting = 0;
  let closed = false;
  let goOn = () => {};
  channel.on('close', () => {
    closed = true;
    goOn();
  });
  for await (const bytes of input) {
    if (closed || signal.aborted) return;
    waiting += bytes.length;
    channel.write(bytes, () => {
      waiting -= bytes.length;
      goOn();
    });
    while (waiting > most && !closed) {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
  }
  channel.end();
}
