import { get } from 'node:http';
import manifest from '../package.json' with { type: 'json' };
import { readSettings } from './settings.ts';

// The image's HEALTHCHECK, so that the image needs no curl: exit code 0 when the app says that it
// is healthy, else 1. What is printed shows up in `docker inspect`.
// The default host 0.0.0.0 is an address to connect to as well: Linux takes it for loopback.
const { host, port } = readSettings(process.env, manifest);
const signal = AbortSignal.timeout(2000);

get({ host, port, path: '/health', signal }, (res) => {
  console.log(`/health answered ${res.statusCode}`);
  process.exit(res.statusCode === 200 ? 0 : 1);
}).on('error', (error) => {
  console.log(error.message);
  process.exit(1);
});
