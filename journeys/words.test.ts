import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActRun, runAct } from '../packages/local-cloud/src/act.ts';
import { writeFiles } from '../packages/local-cloud/src/oci/archive.ts';
import {
  makeUserRepository,
  type UserRepository,
} from '../packages/local-cloud/src/user-repository.ts';
import { root } from './root.ts';

// Nothing listens there: what gets as far as a registry or a host says so.
const nowhere = '127.0.0.1:9';
const image = `image: ${nowhere}/octo/shop`;
const host = ['hosts: deploy@127.0.0.1:9', 'path: /srv/shop', `${image}@sha256:${'0'.repeat(64)}`];

const red: Array<[workflow: string, input: string, lines: string[]]> = [
  ['build', 'gate', [image, 'gate: yes']],
  ['build', 'gate', [image, 'gate: on']],
  ['build', 'gate', [image, 'gate: 1']],
  ['build', 'gate', [image, 'gate: "True"']],
  ['build', 'gate', [image, 'gate: ""']],
  ['build', 'move-tags', [image, 'move-tags: no']],
  ['build', 'version', [image, 'version: auto']],
  ['ship-ssh', 'gate', [image, ...host.slice(0, 2), 'gate: yes', 'version: false']],
  ['ship-ssh', 'version', [image, ...host.slice(0, 2), 'version: "yes"']],
  ['deploy-ssh', 'rollback', [...host, 'rollback: no']],
  ['deploy-ssh', 'dry-run', [...host, 'dry-run: 1']],
  ['deploy-ssh', 'mode', [...host, 'mode: shh']],
  ['deploy-ssh', 'keep', [...host, 'keep: many']],
  ['tag', 'expect-version', [image, `from: ${nowhere}/octo/shop`, 'version: newest']],
];

describe('a word that is not documented, under act', () => {
  let repository: UserRepository;
  let run: ActRun;

  beforeAll(async () => {
    repository = await makeUserRepository(join(root, 'docs/decisions'), {
      Dockerfile: 'FROM scratch\n',
      'compose.yaml': 'services: { web: { image: busybox } }\n',
    });
    const jobs = red.map(
      ([workflow, , lines], index) => `  job-${index}:
    permissions: { contents: write, packages: write, id-token: write }
    uses: org/actions/.github/workflows/${workflow}.yml@v1
    with:
${lines.map((line) => `      ${line}\n`).join('')}    secrets: { SSH_PRIVATE_KEY: none }
`,
    );
    const path = '.github/workflows/call.yml';
    await writeFiles(repository.folder, {
      [path]: `name: call\non: push\npermissions: {}\njobs:\n${jobs.join('')}`,
    });
    await repository.commit('Call them all');
    const { version }: { version: string } = JSON.parse(
      await readFile(join(root, 'package.json'), 'utf8'),
    );
    run = await runAct({
      repository: repository.folder,
      workflow: path,
      tree: join(root, 'out/release'),
      refs: ['org/actions@v1', `org/actions@v${version}`],
      secrets: {},
    });
  }, 300_000);
  afterAll(async () => repository[Symbol.asyncDispose]());

  it.each(red.map(([workflow, input, lines], index) => ({ workflow, input, lines, index })))(
    'ends $workflow.yml and names the input $input: $lines',
    ({ workflow, input, index }) => {
      // Two calls down act only says the job of the first one.
      const job = workflow === 'ship-ssh' ? '[build/build/' : `[job-${index}/`;
      const own = run.log.split('\n').filter((line) => line.startsWith(job));
      const errors = own.filter(
        (line) => line.includes('::error ') && line.includes(`Input ${input} `),
      );
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain('action/input');
    },
  );

  it('builds, deploys and tags nothing', () => {
    expect(run.code).not.toBe(0);
    expect(run.log).not.toMatch(/pushed: |deployed: |points to /);
  });
});
