import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SlowLink, startSlowLink } from '../../../packages/local-cloud/src/slow-link.ts';
import { type LocalSshd, startSshd } from '../../../packages/local-cloud/src/sshd.ts';
import { knownHosts } from '../src/keys/known-hosts.ts';
import { openKey } from '../src/keys/open-key.ts';
import { type Host, openHost } from '../src/ssh/host.ts';
import { readTree } from '../src/upload/read-tree.ts';
import { type Upload, type Uploaded, uploadRelease } from '../src/upload/upload.ts';
import { look, type Thing, write } from '../test/upload/tree-on-disk.ts';

describe('an upload through a real sshd', () => {
  let sshd: LocalSshd;
  let link: SlowLink;
  let host: Host;
  let root: string;
  let path: string;
  beforeAll(async () => {
    sshd = await startSshd();
    link = await startSlowLink(sshd.port);
    const pins = knownHosts.parse(sshd.knownHosts.replace(`${sshd.port}`, `${link.port}`));
    const key = await openKey({ text: sshd.privateKey, passphrase: undefined });
    const address = { user: sshd.user, host: '127.0.0.1', port: link.port, text: sshd.address };
    host = await openHost(address, { key, pins });
    root = mkdtempSync(join(sshd.folder, 'work-'));
    path = mkdtempSync(join(sshd.folder, 'app of "$USER" -'));
    write(
      root,
      new Map<string, Thing>([
        ["it's/-rf $(id)", { text: 'odd', mode: 0o755 }],
        ['new\nline\\', { text: 'odder', mode: 0o640 }],
        ['日本/empty', 'folder'],
        ['link', { target: "it's/-rf $(id)" }],
        ['text', { text: 'text '.repeat(100_000), mode: 0o644 }],
      ]),
    );
    writeFileSync(join(root, 'large'), randomBytes(16 * 1024 * 1024));
  }, 30_000);
  afterAll(async () => {
    await host.close();
    await link[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  const upload = async (id: string, more: Partial<Upload> = {}): Promise<Uploaded> => {
    const { signal } = new AbortController();
    const tree = await readTree(root, signal);
    const usual = { tree, path, id, previous: undefined, signal, say: () => undefined };
    return uploadRelease(host, { ...usual, ...more });
  };
  const releases = () => readdirSync(join(path, 'releases')).sort();

  it('sends all of it, then only what changed', async () => {
    const first = await upload('1');
    expect(first).toMatchObject({ how: 'full', files: 4 });
    expect(first.sent).toBeLessThan(1.01 * 16 * 1024 * 1024);
    expect(look(join(path, 'releases/1'))).toEqual(look(root));

    writeFileSync(join(root, 'text'), 'new text');
    const second = await upload('2', { previous: '1' });
    expect(second.how).toBe('delta');
    expect(second.sent).toBeLessThan(2_000);
    expect(look(join(path, 'releases/2'))).toEqual(look(root));
  }, 30_000);

  it('sends all of it again when the previous release was damaged, and says so', async () => {
    rmSync(join(path, 'releases/2/large'));
    const said: string[] = [];
    const third = await upload('3', { previous: '2', say: (line) => said.push(line) });
    expect(third.how).toBe('full');
    expect(said).toEqual([expect.stringContaining('release 2 is not what was uploaded any more')]);
    expect(look(join(path, 'releases/3'))).toEqual(look(root));
  }, 30_000);

  it('leaves nothing on the host when the line is cut', async () => {
    const half = link.carried(link.sent() + 8 * 1024 * 1024);
    const cut = upload('4');
    void half.then(() => link.cut());
    await expect(cut).rejects.toMatchObject({ code: 'ssh/lost' });
    await until(() => releases().join() === '1,2,3' && processesIn(path).length === 0);
    expect((await upload('4', { previous: '3' })).how).toBe('delta');
  }, 30_000);

  it('leaves nothing, and nothing running, when it is cancelled', async () => {
    const controller = new AbortController();
    const half = link.carried(link.sent() + 8 * 1024 * 1024);
    const cancelled = upload('5', { signal: controller.signal });
    void half.then(() => controller.abort(new Error('the run was cancelled')));
    await expect(cancelled).rejects.toThrow('the run was cancelled');
    expect(releases()).toEqual(['1', '2', '3', '4']);
    expect(processesIn(path)).toEqual([]);
  }, 30_000);

  it('does not hang on a line on which nothing passes any more', async () => {
    const controller = new AbortController();
    const half = link.carried(link.sent() + 8 * 1024 * 1024);
    const cancelled = upload('5', { signal: controller.signal });
    void half.then(() => {
      link.stall();
      controller.abort(new Error('the run was cancelled'));
    });
    await expect(cancelled).rejects.toThrow('the run was cancelled');
    link.cut();
    link.resume();
    await until(() => releases().join() === '1,2,3,4' && processesIn(path).length === 0);
  }, 30_000);

  it('fails with what the host says', async () => {
    mkdirSync(join(path, 'releases/6'));
    await expect(upload('6')).rejects.toMatchObject({
      code: 'ssh/command',
      message: expect.stringContaining('releases/6 is there already'),
    });
    await expect(upload('7', { path: join(path, 'nowhere') })).rejects.toMatchObject({
      code: 'ssh/command',
      message: expect.stringContaining('No such file or directory'),
    });
  }, 30_000);
});

/** Waits until something is so, for at most 10 s. */
async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < 200 && !holds(); look += 1) await delay(50);
  expect(holds()).toBe(true);
}

/** Processes that work in a folder. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    const cwd = join('/proc', pid, 'cwd');
    if (!/^\d+$/.test(pid) || !existsSync(cwd)) return false;
    try {
      return readlinkSync(cwd).startsWith(folder);
    } catch {
      return false;
    }
  });
}
