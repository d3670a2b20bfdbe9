import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { deployWorkflow, shipWorkflow } from '../../../../scripts/workflows/generate-workflows.ts';
import { type DeploySettings, runDeploy } from '../../src/deploy/run-deploy.ts';
import { type ToyCloud, toyTarget } from './toy-target.ts';
import { virtualClock } from './virtual-clock.ts';

const workflows = join(import.meta.dirname, '../../../../.github/workflows');

const settings: DeploySettings = {
  timeout: 60_000,
  bake: 0,
  rollback: true,
  'dry-run': false,
};

async function ship(image: string, world: Partial<ToyCloud>, more: Partial<DeploySettings> = {}) {
  const clock = virtualClock();
  const cloud: ToyCloud = {
    running: 'shop@sha256:old',
    locked: false,
    crashing: new Map(),
    fetch: async () => new Response(`this is ${cloud.running}`),
    ...world,
  };
  const expected = { status: (code: number) => code === 200, text: image };
  const target = toyTarget({ image, health: { expected, threshold: 3, clock } }, cloud);
  const log: string[] = [];
  const say = (line: string) => void log.push(line);
  const commands = { info: say, quote: say, warning: say };
  const signal = new AbortController().signal;
  const run = { commands, signal, clock, github: { runUrl: '' }, service: () => 'toy' };
  return { cloud, log, ...(await runDeploy(target, { ...settings, ...more }, run)) };
}

describe('a target of one small file', () => {
  it('gets outputs, a summary and a last line for nothing', async () => {
    const { cloud, outputs, summary, closing, failure } = await ship('shop@sha256:new', {});
    expect(cloud).toMatchObject({ running: 'shop@sha256:new', locked: false });
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({
      status: 'deployed',
      url: 'http://toy.example',
      image: 'shop@sha256:new',
      'previous-image': 'shop@sha256:old',
      reason: '',
    });
    expect(closing).toMatch(
      /^deployed: toy\/shop serves the new version \(shop@sha256:new\), proven by http:\/\/toy\.example\/health answering 200 at look 3/,
    );
    expect(summary).toContain('deployed and proven');
    expect(summary).toContain('gantt');
  });

  it.each([
    ['crashes', { crashing: new Map([['shop@sha256:new', 'no database']]) }, 'deploy/exited'],
    ['answers as the old one', { fetch: async () => new Response('old') }, 'deploy/unproven'],
  ])('gets a proven rollback when the new version %s', async (_, world, code) => {
    const { cloud, outputs, closing, failure, summary } = await ship('shop@sha256:new', world);
    expect(cloud).toMatchObject({ running: 'shop@sha256:old', locked: false });
    expect(outputs).toMatchObject({ status: 'rolled-back', reason: code });
    expect(failure?.code).toBe(code);
    expect(closing).toContain('serves the version before (shop@sha256:old), proven by');
    expect(summary).toContain('### Evidence');
  });

  it('gets a dry run and a lock', async () => {
    const planned = await ship('shop@sha256:new', {}, { 'dry-run': true });
    expect(planned.outputs.status).toBe('planned');
    expect(planned.cloud.running).toBe('shop@sha256:old');
    const locked = await ship('shop@sha256:new', { locked: true });
    expect(locked.outputs).toMatchObject({ status: 'failed', reason: 'ssh/locked' });
    expect(locked.closing).toBe('failed: toy/shop was not changed.');
  });

  it('gets its workflows from its action.yml', () => {
    const action = {
      description: 'Deploys to the toy cloud.',
      inputs: {
        image: { description: 'Image to deploy.', required: true },
        region: { description: 'Where.' },
        token: { description: 'Token of the toy cloud.' },
      },
      outputs: {
        status: { description: 'How it ended.' },
        url: { description: 'Where it serves.' },
      },
    };
    const read = (name: string) => parse(readFileSync(join(workflows, name), 'utf8'));
    const called = { build: read('build.yml'), tag: read('tag.yml') };
    const deploy = parse(deployWorkflow('toy', action));
    expect(deploy.on.workflow_call.inputs).toMatchObject({ region: { type: 'string' } });
    expect(deploy.on.workflow_call.secrets).toHaveProperty('TOY_TOKEN');
    const ship = parse(shipWorkflow('toy', action, called));
    expect(Object.keys(ship.jobs)).toEqual(expect.arrayContaining(['build', 'deploy', 'tag']));
    const step = ship.jobs.deploy.steps.at(-1);
    expect(step.uses).toMatch(/^org\/actions\/deploy-toy@/);
    expect(step.with).toMatchObject({ region: expect.stringContaining('inputs.region') });
  });
});
