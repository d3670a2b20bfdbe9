import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Aws } from '../src/aws/aws.ts';
import { isRecord } from '../src/http/exchange.ts';

/** The AWS CLI of PyPI as it is, with credentials of a role; one process for all of its commands. */
export interface AwsCli extends AsyncDisposable {
  /**
   * Runs one command: words, and arguments that have blanks in them.
   * @returns what it printed, which is JSON, or lines by `--output text`
   * @throws Error with what it printed as an error
   */
  text(words: string, ...more: readonly string[]): Promise<string>;
  /** The same, with its JSON read. */
  json(words: string, ...more: readonly string[]): Promise<unknown>;
}

/** Starts the AWS CLI that setup brought, whatever `aws` the machine has. */
export async function startAwsCli(
  aws: Aws,
  role: string,
  region = 'eu-central-1',
): Promise<AwsCli> {
  const home = await mkdtemp(join(tmpdir(), 'slipway-aws-'));
  const cache = process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway');
  const { accessKeyId, secretAccessKey, sessionToken } = aws.credentials(role);
  const python = spawn('python3', [join(import.meta.dirname, 'aws-lines.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...aws.env,
      PATH: process.env['PATH'],
      HOME: home,
      PYTHONPATH: join(cache, 'aws-cli/packages'),
      NO_PROXY: '127.0.0.1',
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  });
  const ended = new Promise((resolve) => python.once('close', resolve));
  const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
  const text = async (words: string, ...more: readonly string[]): Promise<string> => {
    python.stdin.write(`${JSON.stringify([...words.split(' '), ...more])}\n`);
    const { value } = await answers.next();
    const said: unknown = JSON.parse(value ?? '{}');
    if (!isRecord(said) || said['code'] !== 0) {
      throw new Error(`aws ${words}: ${isRecord(said) ? said['err'] : said}`);
    }
    return String(said['out']);
  };
  return {
    text,
    async json(words, ...more) {
      const said = await text(words, ...more);
      return said === '' ? undefined : JSON.parse(said);
    },
    async [Symbol.asyncDispose]() {
      python.stdin.end();
      await ended;
      await rm(home, { recursive: true });
    },
  };
}
