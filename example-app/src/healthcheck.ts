import manifest from '../package.json' with { type: 'json' };
import { readSettings } from './settings.ts';

// Not by `import`, which loads Node's fetch with it: this is run again and again.
const { get } = process.getBuiltinModule('node:http');

// The image's HEALTHCHECK, so that the image needs no curl: exit code 0 when the app says that it
// is ready, else 1. What is printed shows up in `docker inspect`. With `--while <pid>` it asks
// until then, as long as that process, the app, is there.
// The default host 0.0.0.0 is an address to connect to as well: Linux takes it for loopback.
const { host, port } = readSettings(process.env, manifest);
const [, , option, pid] = process.argv;
const pause = 100;

function ask(): void {
  const signal = AbortSignal.timeout(2000);
  get({ host, port, path: '/ready', signal }, (res) => {
    res.resume();
    end(res.statusCode === 200, `/ready answered ${res.statusCode}`);
  }).on('error', (error) => end(false, error.message));
}

function end(healthy: boolean, said: string): void {
  if (!healthy && option === '--while' && isThere(Number(pid))) {
    setTimeout(ask, pause);
    return;
  }
  console.log(said);
  process.exit(healthy ? 0 : 1);
}

function isThere(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

ask();
