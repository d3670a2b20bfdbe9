import { connect } from 'node:net';

/**
 * Whether an SSH server on loopback sends its greeting (RFC 4253, 4.2). That a connection opens
 * says nothing: Docker's proxy takes it before anything listens behind it.
 */
export function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const over = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.setTimeout(2_000, () => over(false));
    socket.once('data', (chunk) => over(chunk.toString('latin1').startsWith('SSH-2.0-')));
    socket.once('close', () => over(false));
    socket.once('error', () => over(false));
  });
}
