import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { type LocalGrafana, startGrafana } from '../../../packages/local-cloud/src/grafana.ts';
import { freePort } from '../../../packages/local-cloud/src/program.ts';
import { variant } from './images.ts';
import { bundle, hostFolder, makeWorld, registry, type World } from './world.ts';

describe('deploy-ssh by Compose against a real sshd, registry and engine', () => {
  let world: World;
  let grafana: LocalGrafana;
  let marks: Record<string, string>;
  let one: string;
  let two: string;
  let bad: string;

  beforeAll(async () => {
    world = await makeWorld();
    grafana = await startGrafana();
    marks = {
      'grafana-url': grafana.url,
      'grafana-token': grafana.token,
      'grafana-environment': 'production',
    };
    one = await pushApp(registry, '1', 'good');
    bad = await pushApp(registry, 'bad', 'crash');
    two = await variant(one, { version: '2' });
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await grafana[Symbol.asyncDispose]();
  }, 30_000);

  const deploy = (inputs: Record<string, string>) =>
    world.runner.start(bundle, { ...world.inputs, ...inputs }).done;

  it('deploys the first version, proves it, and marks it in Grafana', async () => {
    const begin = Date.now();
    const app = { image: one, expect: 'version 1', env: 'GREETING=hello = you' };
    const step = await deploy({ ...app, ...marks });
    expect([step.errors, step.warnings]).toEqual([[], []]);
    expect(step.log).toContain(`Marked in Grafana at ${grafana.host}: annotation 1.`);
    const [marker] = grafana.annotations;
    expect(marker?.tags).toEqual([
      'deploy',
      `service:${world.project}`,
      'environment:production',
      `digest:${one.split(':').at(-1)}`,
      'outcome:deployed',
    ]);
    expect(marker?.text).toContain('run: https://github.com/octo/shop/actions/runs/4711');
    expect(marker?.time).toBeGreaterThan(begin);
    expect(marker?.timeEnd).toBeGreaterThan(marker?.time ?? 0);
    expect(step.masks).toContain(grafana.token);
    expect(step.log.replace(/^::add-mask::.*\n/gm, '')).not.toContain(grafana.token);
    expect(step.code).toBe(0);
    expect(step.outputs).toMatchObject({
      status: 'deployed',
      image: one,
      'previous-image': '',
      reason: '',
      url: `http://127.0.0.1:${world.port}`,
    });
    expect(await world.ask()).toBe('version 1 hello = you');
    expect(step.summary).toContain('deployed and proven');
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);

  it('says unchanged when nothing changes', async () => {
    const step = await deploy({ image: one, expect: 'version 1', env: 'GREETING=hello = you' });
    expect(step.outputs['status']).toBe('unchanged');
  }, 60_000);

  it('plans only, on a dry run', async () => {
    const step = await deploy({ image: two, 'dry-run': 'true' });
    expect(step.outputs).toMatchObject({ status: 'planned', image: two, 'previous-image': one });
    expect(step.summary).toContain(two);
    expect(await world.ask()).toContain('version 1');
  }, 60_000);

  it('rolls back a version that crashes, with the reason', async () => {
    const step = await deploy({ image: bad, env: 'GREETING=hello = you', ...marks });
    expect(grafana.annotations).toHaveLength(2);
    expect(grafana.annotations[1]).toMatchObject({
      tags: expect.arrayContaining(['outcome:rolled-back']),
      text: expect.stringContaining('rolled-back (deploy/exited), the version before serves'),
    });
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: deploy/exited']);
    expect(step.outputs).toMatchObject({
      status: 'rolled-back',
      reason: 'deploy/exited',
      'previous-image': one,
    });
    expect(step.summary).toMatch(/cannot open the database/);
    expect(step.errors[0]?.text).toMatch(/Last log lines of [\s\S]*cannot open the database/);
    expect(await world.ask()).toBe('version 1 hello = you');
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);

  it('deploys the next version, also where Grafana is away', async () => {
    const away = `127.0.0.1:${await freePort()}`;
    const app = { image: two, expect: 'version 2' };
    const step = await deploy({ ...app, ...marks, 'grafana-url': `http://${away}` });
    const why = `^This deploy has no marker in Grafana at ${away}: .*ECONNREFUSED`;
    expect([step.code, step.errors]).toEqual([0, []]);
    expect(step.warnings).toEqual([{ title: 'deploy/marker', text: expect.stringMatching(why) }]);
    expect(step.log).not.toContain('Marked in Grafana');
    expect(step.outputs).toMatchObject({ status: 'deployed', 'previous-image': one });
    expect(await world.ask()).toContain('version 2');
  }, 60_000);

  it('rolls back by hand to the version before, as it was', async () => {
    const step = await deploy({
      image: two,
      before: 'exit 7',
      migrate: 'exit 7',
      expect: 'version 2',
      release: 'previous',
    });
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ status: 'deployed', image: one, 'previous-image': two });
    expect(step.log).toContain(
      'Rolling back, so not used: source, image, before, migrate, expect.',
    );
    expect(await world.ask()).toBe('version 1 hello = you');
    // The first version, once more when nothing had changed, and the second.
    const kept = hostFolder(world, 'releases');
    expect(kept).toHaveLength(3);
    expect(step.outputs['release']).toBe(kept[1]);

    const further = await deploy({ release: 'previous' });
    expect(further.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/no-release']);
    const names = `${kept[0]}, ${kept[1]} (current), ${kept[2]}`;
    expect(further.errors[0]?.text).toContain(`it keeps: ${names}.`);
    const forward = await deploy({ release: kept[2] ?? '' });
    expect(forward.outputs).toMatchObject({ status: 'deployed', image: two });
    expect(hostFolder(world, 'releases')).toEqual(kept);
  }, 60_000);

  it('removes a first deployment that fails, as nothing was there before', async () => {
    await using fresh = await makeWorld();
    const step = await fresh.runner.start(bundle, { ...fresh.inputs, image: bad }).done;
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'deploy/exited' });
    expect(step.log).toContain('serves nothing, as before this run');
    expect(await fresh.containers()).toEqual([]);
    expect(fresh.lockIsFree()).toBe(true);
  }, 60_000);
});
