// A real Prometheus with the configuration of the local stack.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Program, startProgram } from '../../packages/local-cloud/src/program.ts';
import { monitoring } from './alert-rules.ts';

export interface Places {
  /** For the configuration and the data. */
  readonly folder: string;
  /** The ports of the app and of Alertmanager on loopback. */
  readonly app: number;
  readonly alertmanager?: number;
  /** Changes the configuration as its user does. */
  readonly edit?: (configuration: string) => string;
}

/** Starts Prometheus with the configuration of the local stack. */
export async function startPrometheus({
  folder,
  app,
  alertmanager = 9,
  edit = (text) => text,
}: Places): Promise<Program & { readonly url: string }> {
  const text = await readFile(join(monitoring, 'prometheus/prometheus.demo.yml'), 'utf8');
  const config = join(folder, 'prometheus.yml');
  const port = await freePort();
  await writeFile(
    config,
    edit(text)
      .replace('web:3000', `127.0.0.1:${app}`)
      .replace('localhost:9090', `127.0.0.1:${port}`)
      .replaceAll('alertmanager:9093', `127.0.0.1:${alertmanager}`)
      .replace('rules/demo.yml', join(monitoring, 'prometheus/rules/demo.yml')),
  );
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    // What fires before Alertmanager is discovered is lost, and sent again after this time.
    '--rules.alert.resend-delay=1s',
  ];
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram('prometheus', args, () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return { ...program, url };
}
