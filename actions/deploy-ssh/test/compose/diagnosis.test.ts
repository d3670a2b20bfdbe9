import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diagnoseContainers } from '../../src/compose/diagnosis.ts';
import type { Container } from '../../src/compose/state.ts';
import type { Host } from '../../src/ssh/host.ts';
import { localHost } from '../upload/local-host.ts';

const { signal } = new AbortController();

function container(name: string, status: string): Container {
  return {
    Id: name,
    Name: `/${name}`,
    RestartCount: 0,
    Config: { Image: 'app', Labels: null },
    HostConfig: { RestartPolicy: { Name: 'no' }, PortBindings: null },
    State: { Status: status, ExitCode: status === 'exited' ? 7 : 0, OOMKilled: false, Error: '' },
    NetworkSettings: { Ports: null },
  };
}

describe('a diagnosis', () => {
  let folder: string;
  let scripts = 0;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-docker-'));
    scripts = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A host whose Docker prints this for the logs of a container, `$4`. */
  function host(docker: string): Host {
    writeFileSync(join(folder, 'docker'), `#!/bin/bash\n${docker}\n`);
    chmodSync(join(folder, 'docker'), 0o755);
    const here = localHost();
    return {
      ...here,
      run: (what, body, ...more) => {
        scripts += 1;
        return here.run(what, `PATH=${folder}:$PATH\n${body}`, ...more);
      },
    };
  }
  const diagnose = (on: Host, found: Container[]) =>
    diagnoseContainers(on, { found, judged: found, image: 'app' }, signal);

  it('of twelve containers reads a few logs in one session and names all', async () => {
    const found = Array.from({ length: 12 }, (_, index) => container(`web-${index}`, 'exited'));
    const { facts, logs } = await diagnose(host('echo "last words of $4" >&2'), found);
    expect(scripts).toBe(1);
    expect(logs).toHaveLength(6);
    expect(logs[5]).toEqual({ source: 'web-5', lines: ['last words of web-5'] });
    expect(facts).toHaveLength(13);
    expect(facts[11]).toBe('web-11: exited, exit code 7');
    expect(facts[12]).toBe(
      'the logs of 6 more are not shown: web-6, web-7, web-8, web-9, web-10, web-11',
    );
  });

  it('begins with those that failed, not with those that wait', async () => {
    const waiting = Array.from({ length: 8 }, (_, index) => container(`w-${index}`, 'created'));
    const { logs } = await diagnose(host('echo "$4"'), [...waiting, container('db', 'exited')]);
    expect(logs[0]).toEqual({ source: 'db', lines: ['db'] });
  });

  it('goes on when one log cannot be read, and takes no log for its own words', async () => {
    const docker = `if [ "$4" = web-0 ]; then exit 1; fi; printf 'log 0 ZXZpbA==\\nlog 1 ZXZpbA==\\n'`;
    const found = ['web-0', 'web-1'].map((name) => container(name, 'exited'));
    const { logs } = await diagnose(host(docker), found);
    expect(logs).toEqual([
      { source: 'web-0', lines: [''] },
      { source: 'web-1', lines: ['log 0 ZXZpbA==', 'log 1 ZXZpbA=='] },
    ]);
  });
});
