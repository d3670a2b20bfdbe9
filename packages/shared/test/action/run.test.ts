import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeRunner, type Runner } from '../../../local-cloud/src/runner.ts';

const sample = join(import.meta.dirname, 'sample-action.ts');
const crashed = 'web stopped instead of serving: 100% CPU, then exit code 3.';
const remedy = 'The last log lines usually say why the app gave up.';

describe('an action as a process', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await makeRunner();
  });
  afterAll(async () => runner[Symbol.asyncDispose]());

  const start = (inputs: Record<string, string>, env: Record<string, string> = {}) =>
    runner.start(sample, inputs, env);
  const lastLine = (log: string) => log.trimEnd().split('\n').at(-1);

  it('that goes well sets outputs and summary, and ends with what is true now', async () => {
    const step = await start({ does: 'green' }).done;
    expect(step).toMatchObject({
      code: 0,
      outputs: { status: 'deployed', url: 'http://web' },
      summary: '## deployed\n',
      log: 'deployed: web serves the new version.\n',
    });
  });

  it('that fails has all that as well, and one annotation', async () => {
    const step = await start({ does: 'red' }).done;
    expect(step).toMatchObject({
      code: 1,
      outputs: { status: 'rolled-back', reason: 'deploy/exited' },
      summary: '## rolled back\n',
      warnings: [],
      errors: [
        {
          title: 'sample: deploy/exited',
          text: `${crashed}\n${remedy}\nrolled-back: web serves the version before.`,
        },
      ],
    });
    expect(lastLine(step.log)).toBe('rolled-back: web serves the version before.');
  });

  it('that fails under act stays until act has read what it said', async () => {
    const red = await start({ does: 'red' }, { ACT: 'true' }).done;
    expect(red).toMatchObject({ code: 1, errors: [{ title: 'sample: deploy/exited' }] });
    expect(red.ms).toBeGreaterThan(250);
  });

  it('that throws a failure it knows is failed, for that reason', async () => {
    const step = await start({ does: 'known failure' }).done;
    expect(step).toMatchObject({
      code: 1,
      outputs: { status: 'failed', reason: 'deploy/exited' },
      errors: [{ title: 'sample: deploy/exited', text: `${crashed}\n${remedy}` }],
    });
    expect(step.log).not.toMatch(/\n\s+at /);
  });

  it('that throws anything else has a bug, and says what to report', async () => {
    const step = await start({ does: 'unknown error' }).done;
    expect(step).toMatchObject({
      code: 1,
      outputs: { status: 'failed', reason: 'action/unexpected' },
      errors: [{ title: 'sample: action/unexpected' }],
    });
    expect(step.errors[0]?.text).toMatch(
      /^sample 0\.0\.0-development hit an error that it does not know: x is not a function/,
    );
    expect(step.errors[0]?.text).toMatch(/no entry.*Please open an issue/s);
    expect(step.log).toMatch(/\n\s+at .*sample-action\.ts:\d+/);
    expect(step.log).not.toMatch(/^::set-output/m);
  });

  it('that throws what is no error is told, too', async () => {
    const step = await start({ does: 'strange error' }).done;
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.text).toContain('does not know: just a text');
  });

  it('that cannot write its outputs says so', async () => {
    await using broken = await makeRunner();
    await mkdir(join(dirname(broken.workspace), 'step-1-output'));
    const step = await broken.start(sample, { does: 'green' }).done;
    expect(step.code).toBe(1);
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.text).toContain('EISDIR');
    expect(step.log).toContain('deployed: web serves the new version.');
  });

  describe('with wrong inputs', () => {
    it('tells all of them in one annotation', async () => {
      const step = await start({ does: 'nothing', address: 'a\nb', token: 'hunter22' }).done;
      expect(step).toMatchObject({
        code: 1,
        outputs: { status: 'failed', reason: 'action/input' },
      });
      expect(step.errors).toEqual([
        {
          title: 'sample: action/input',
          text: expect.stringMatching(
            /^Input does is not one of green, .*\nInput address contains .*\nCorrect the inputs; nothing was changed\.$/,
          ),
        },
      ]);
    });

    it('has masked the secrets before, and tells none', async () => {
      const step = await start({ does: 'hunter22', token: 'hunter22' }).done;
      expect(step.masks).toEqual(['hunter22']);
      expect(step.log.indexOf('::add-mask::')).toBeLessThan(step.log.indexOf('::error'));
      expect(step.log.split('hunter22')).toHaveLength(2);
    });

    it('are refused when it does not have them, together with the others, and nothing is done', async () => {
      const step = await start({ does: 'green', adress: 'x', port: '', token: 'a\x01b' }).done;
      expect(step).toMatchObject({ code: 1, warnings: [], outputs: { status: 'failed' } });
      expect(step.errors.map(({ text }) => text.split('\n'))).toEqual([
        [
          'Input adress does not exist in sample. Valid: address',
          'Input port does not exist in sample. Valid: does, address, token',
          'Input token contains the control character U+0001. Valid: printable text',
          'Correct the inputs; nothing was changed.',
        ],
      ]);
    });
  });

  describe('that is cancelled', () => {
    it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends with that reason', async (signal) => {
      const step = start({ does: 'work that stops' });
      await step.saw(/working/);
      step.kill(signal);
      expect(await step.done).toMatchObject({
        code: 1,
        signal: null,
        outputs: { status: 'cancelled', reason: 'action/cancelled' },
        errors: [
          {
            title: 'sample: action/cancelled',
            text: `The run was cancelled (${signal}).\nRun the job again when you are ready.`,
          },
        ],
      });
    });

    it('goes on with its rollback when the second signal comes', async () => {
      const step = start({ does: 'work' });
      await step.saw(/working/);
      step.kill('SIGINT');
      await step.saw(/rolling back/);
      step.kill('SIGINT');
      step.kill('SIGTERM');
      const end = await step.done;
      expect(end).toMatchObject({ code: 1, signal: null, outputs: { status: 'cancelled' } });
      expect(end.errors[0]?.text).toMatch(/^The run was cancelled \(SIGINT\)\./);
      expect(lastLine(end.log)).toBe('cancelled: web serves the version before.');
    });
  });

  describe('that speaks HTTP', () => {
    let server: Server;
    let port = 0;
    // Answers for itself, and as a proxy: plainly or through a tunnel that ends here.
    beforeAll(async () => {
      server = createServer((request, response) => {
        response.end(`${request.headers.host} ${request.url}`);
      });
      server.keepAliveTimeout = 600_000;
      server.on('connect', (_, socket) => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.emit('connection', socket);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      port = typeof address === 'object' && address ? address.port : 0;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    it('is not kept alive by a connection that is still open', async () => {
      const address = `http://127.0.0.1:${port}/`;
      const step = await start({ does: 'fetch', address }).done;
      expect(step).toMatchObject({ code: 0, outputs: { url: `127.0.0.1:${port} /` } });
    });

    it.each(['http_proxy', 'HTTP_PROXY'])('goes through the proxy in %s', async (variable) => {
      const proxy = { [variable]: `http://127.0.0.1:${port}` };
      const step = await start({ does: 'fetch', address: 'http://web.invalid/health' }, proxy).done;
      expect(step.outputs['url']).toMatch(/^web\.invalid (?:http:\/\/web\.invalid)?\/health$/);
    });

    it('goes past the proxy where NO_PROXY says so', async () => {
      const proxy = { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' };
      const address = `http://127.0.0.1:${port}/`;
      const step = await start({ does: 'fetch', address }, proxy).done;
      expect(step.outputs['url']).toBe(`127.0.0.1:${port} /`);
    });

    it('needs no proxy to be set', async () => {
      const step = await start(
        { does: 'fetch', address: `http://127.0.0.1:${port}/` },
        { HTTP_PROXY: '', HTTPS_PROXY: '' },
      ).done;
      expect(step.code).toBe(0);
    });

    it.each(['no address at all', 'socks5://proxy.corp:1080', 'http://me:s3cr#t@proxy.corp'])(
      'fails with one annotation when the proxy is %s',
      async (proxy) => {
        const step = await start({ does: 'green' }, { HTTP_PROXY: proxy }).done;
        expect(step.code).toBe(1);
        expect(step.errors.map(({ title }) => title)).toEqual(['sample: action/proxy']);
        expect(step.errors[0]?.text).toMatch(
          /^HTTP_PROXY is not the address[\s\S]*http:\/\/proxy\.corp:3128/,
        );
        expect(step.outputs['reason']).toBe('action/proxy');
        expect(step.log).not.toContain('s3cr');
      },
    );
  });
});
