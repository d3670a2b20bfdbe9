import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import {
  borrowBigRepository,
  newestBigVersion,
} from '../packages/local-cloud/src/github/big-history.ts';
import { startGitHub } from '../packages/local-cloud/src/github/github.ts';
import { makeRunner } from '../packages/local-cloud/src/runner.ts';
import { median, type Row } from './measure.ts';

const bundle = join(import.meta.dirname, '../actions/semver-tag/dist/index.js');
const latency = 50;
const rounds = 9;

/** The version out of 10,000 tags and 100,000 commits: requests, time beside waiting, memory. */
export async function semverTag(): Promise<Row[]> {
  await using repository = await borrowBigRepository();
  await using github = await startGitHub({ repository: 'octo/shop', git: repository.folder });
  await using runner = await makeRunner({ repository: 'octo/shop' });
  await using server = await replay(github.api);
  const inputs: Record<string, string> = {
    MODE: 'preview',
    PREFIX: 'v',
    TOKEN: github.settings.token,
    SHA: await newestCommit(github.api, github.settings.token),
  };
  const env = {
    ...runner.env,
    GITHUB_API_URL: server.url,
    GITHUB_GRAPHQL_URL: `${server.url}/graphql`,
    ...Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`INPUT_${key}`, value])),
  };
  const runs: Array<{ ms: number; megabytes: number; requests: number }> = [];
  for (let round = 0; round <= rounds; round += 1) {
    const before = server.requests();
    const { ms, megabytes } = await runOnce(env);
    // The first round fills the answers that the others get again.
    if (round > 0) runs.push({ ms, megabytes, requests: server.requests() - before });
  }
  const requests = Math.max(...runs.map((run) => run.requests));
  const own = (median(runs.map(({ ms }) => ms)) - requests * latency) / 1_000;
  const memory = Math.max(...runs.map(({ megabytes }) => megabytes));
  const what = 'semver-tag: 10,000 tags, 100,000 commits';
  return [
    { what, measured: `${requests} requests`, bar: '≤ 4', held: requests <= 4 },
    {
      what: `${what}, beside waiting ${latency} ms for each`,
      measured: `${own.toFixed(2)} s`,
      bar: '≤ 0.30 s',
      held: own <= 0.3,
    },
    {
      what: `${what}, memory`,
      measured: `${memory.toFixed(0)} MB`,
      bar: '≤ 150 MB',
      held: memory <= 150,
    },
  ];
}

interface Replay extends AsyncDisposable {
  url: string;
  requests(): number;
}

/** Hands through to a server what is new, and answers what it knows after the latency. */
async function replay(target: string): Promise<Replay> {
  const known = new Map<string, { status: number; type: string; body: Buffer }>();
  let requests = 0;
  const server = createServer(async (incoming, outgoing) => {
    requests += 1;
    const { method = 'GET', url = '/', headers } = incoming;
    const body = await text(incoming);
    const key = `${method} ${url} ${body}`;
    let answer = known.get(key);
    if (answer) await delay(latency);
    else {
      const reply = await fetch(`${target}${url}`, {
        method,
        headers: {
          authorization: headers.authorization ?? '',
          'user-agent': 'bench',
          accept: headers.accept ?? '',
          'content-type': headers['content-type'] ?? 'application/json',
        },
        body: method === 'GET' ? null : body,
      });
      const type = reply.headers.get('content-type') ?? '';
      answer = { status: reply.status, type, body: Buffer.from(await reply.arrayBuffer()) };
      known.set(key, answer);
    }
    outgoing.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

// The process says itself how much memory it had at most, when it ends.
const sayMemory = `data:text/javascript,process.on('exit',()=>process.stderr.write('rss='+process.resourceUsage().maxRSS))`;

async function runOnce(env: NodeJS.ProcessEnv): Promise<{ ms: number; megabytes: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', sayMemory, bundle], { env });
  const [said, log, code] = await Promise.all([
    text(child.stderr),
    buffer(child.stdout),
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
  ]);
  const ms = performance.now() - start;
  if (code !== 0 || !log.includes(`after ${newestBigVersion}`)) {
    throw new Error(`semver-tag ended with ${code}: ${log}${said}`);
  }
  return { ms, megabytes: Number(/rss=(\d+)/.exec(said)?.[1]) / 1_024 };
}

async function newestCommit(api: string, token: string): Promise<string> {
  const reply = await fetch(`${api}/repos/octo/shop/git/ref/heads/main`, {
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'bench' },
  });
  const { object }: { object: { sha: string } } = Object(await reply.json());
  return object.sha;
}
