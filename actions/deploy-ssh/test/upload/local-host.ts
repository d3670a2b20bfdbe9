import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Host } from '../../src/ssh/host.ts';
import { script } from '../../src/ssh/shell.ts';

/** A host that is this machine: scripts run in bash as they do behind sshd, without the network. */
export function localHost(): Host {
  return {
    address: { user: 'nobody', host: 'here', port: 22, text: 'nobody@here' },
    reached: () => true,
    tunnel: () => Promise.reject(new Error('there is no network')),
    lend: () => Promise.reject(new Error('there is no network')),
    refresh: () => undefined,
    close: async () => undefined,
    async run(_what, body, signal, streams = {}) {
      const child = spawn('bash', ['-s'], { signal, stdio: 'pipe' });
      const output = { stdout: '', stderr: '' };
      let line = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output.stdout += text;
        const lines = (line + text).split('\n');
        line = lines.pop() ?? '';
        for (const one of lines) streams.onStdout?.(one);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
      // It may end before it has read everything.
      child.stdin.on('error', () => undefined);
      const ended = new Promise<number | null>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', resolve);
      });
      child.stdin.write(script(body, 'begun', streams.input !== undefined));
      let broken: { error: unknown } | undefined;
      feed(child.stdin, streams.input).catch((error: unknown) => {
        broken = { error };
        child.kill();
        child.stdin.destroy();
      });
      const code = await ended;
      if (broken) throw broken.error;
      return { ...output, code: code ?? undefined, signal: undefined };
    },
  };
}

async function feed(stdin: Writable, input: AsyncIterable<Buffer> | undefined): Promise<void> {
  for await (const bytes of input ?? []) stdin.write(bytes);
  stdin.end();
}
