import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { freePort, startProgram } from '../../packages/local-cloud/src/program.ts';
import { amtool, monitoring, readRules } from './alert-rules.ts';

const configs = ['alertmanager.yml', 'alertmanager.demo.yml'].map((name) =>
  join(monitoring, 'alertmanager', name),
);

it.each(configs)(
  '%s is taken, and sends each alert to the receiver of its severity',
  async (config) => {
    const said = [await amtool('check-config', config)];
    const { groups } = await readRules('production');
    for (const { alert, labels } of groups.flatMap(({ rules }) => rules)) {
      if (alert === undefined) continue;
      const severity = labels?.['severity'] ?? '';
      const receiver = severity === 'none' ? 'watchdog' : severity;
      const set = ['job=example-app', `alertname=${alert}`, `severity=${severity}`];
      said.push(
        await amtool(
          'config',
          'routes',
          'test',
          `--config.file=${config}`,
          `--verify.receivers=${receiver}`,
          ...set,
        ),
      );
    }
    const unknown = ['alertname=Unknown', 'job=other'];
    said.push(
      await amtool(
        'config',
        'routes',
        'test',
        `--config.file=${config}`,
        '--verify.receivers=ticket',
        ...unknown,
      ),
    );
    expect(said.join('')).toBe('');
  },
);

it.each(configs)('%s has no secret in it, and sends what is resolved', async (config) => {
  const text = await readFile(config, 'utf8');
  expect(text).not.toMatch(/^\s*(?:\w*(?:password|secret|token|key)|credentials|api_url):/m);
  expect(text).not.toMatch(/https?:\/\/[^\s/]*@/);
  expect(text.match(/send_resolved: true/g)).toHaveLength(2);
});

it('a page silences the tickets of its service, and of no other', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'alertmanager-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  await using _alertmanager = await startProgram(
    'prometheus-alertmanager',
    [
      `--config.file=${configs[1]}`,
      `--storage.path=${folder.path}`,
      `--web.listen-address=${url.slice('http://'.length)}`,
      '--cluster.listen-address=',
    ],
    () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
  );
  const alert = (alertname: string, severity: string, job: string) => ({
    labels: { alertname, severity, job },
  });
  await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      alert('ServiceDown', 'page', 'example-app'),
      alert('TargetDown', 'ticket', 'example-app'),
      alert('TargetDown', 'ticket', 'other'),
      { labels: { alertname: 'Watchdog', severity: 'none' } },
    ]),
  });
  const states = async () => {
    const answer = await fetch(`${url}/api/v2/alerts`);
    const alerts: { labels: { alertname: string; job?: string }; status: { state: string } }[] =
      JSON.parse(await answer.text());
    return alerts
      .map(({ labels, status }) => `${labels.alertname} ${labels.job}: ${status.state}`)
      .sort();
  };
  // The state of an alert is known once its group is looked at, after group_wait.
  while ((await states()).some((line) => line.includes('unprocessed'))) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await states()).toEqual([
    'ServiceDown example-app: active',
    'TargetDown example-app: suppressed',
    'TargetDown other: active',
    'Watchdog undefined: active',
  ]);
}, 60_000);
