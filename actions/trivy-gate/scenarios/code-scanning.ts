import { gunzipSync } from 'node:zlib';
import {
  type Answer,
  jsonAnswer,
  type Request,
} from '../../../packages/local-cloud/src/http/exchange.ts';
import { Faults } from '../../../packages/local-cloud/src/http/faults.ts';
import { serve } from '../../../packages/local-cloud/src/http/serve.ts';

/** The part of GitHub's API that takes SARIF reports. It refuses what GitHub would refuse. */
export interface CodeScanning extends AsyncDisposable {
  /** For `GITHUB_API_URL`. */
  url: string;
  /** What was taken. */
  uploads: Upload[];
  /** What the next request gets instead; `failed` is about the processing of what was taken. */
  next: Refusal | { failed: string } | undefined;
}

export interface Refusal {
  status: number;
  message: string;
  headers?: Record<string, string>;
}

export interface Upload {
  commit_sha: string;
  ref: string;
  tool_name: string;
  started_at: string;
  /** Unpacked and parsed. */
  sarif: unknown;
}

const keys = ['commit_sha', 'ref', 'sarif', 'checkout_uri', 'started_at', 'tool_name', 'validate'];

/** Starts it for one repository and one token. */
export async function startCodeScanning(repository: string, token: string): Promise<CodeScanning> {
  const uploads: Upload[] = [];
  let looks = 0;
  const listening = await serve('code-scanning', answer, new Faults());
  const scanning: CodeScanning = {
    url: listening.url,
    uploads,
    next: undefined,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };

  function answer({ body, headers, method, url }: Request): Answer {
    const { pathname } = url;
    const base = `/repos/${repository}/code-scanning/sarifs`;
    // GitHub takes both words.
    if (![`Bearer ${token}`, `token ${token}`].includes(headers['authorization'] ?? ''))
      return jsonAnswer(401, { message: 'Bad credentials' });
    if (!headers['user-agent']) return jsonAnswer(403, { message: 'no user agent' });
    const { next } = scanning;
    if (next && 'status' in next) {
      scanning.next = undefined;
      const { headers = {}, message, status } = next;
      const refused = jsonAnswer(status, { message });
      return { ...refused, headers: { ...refused.headers, ...headers } };
    }
    if (method === 'POST' && pathname === base) {
      const upload = read(body.toString());
      if (typeof upload === 'string') return jsonAnswer(422, { message: upload });
      uploads.push(upload);
      looks = 0;
      return jsonAnswer(202, { id: '47177e22', url: `${scanning.url}${base}/47177e22` });
    }
    if (method === 'GET' && pathname === `${base}/47177e22`) {
      looks += 1;
      if (looks === 1) return jsonAnswer(200, { processing_status: 'pending' });
      const failed =
        next && 'failed' in next ? { processing_status: 'failed', errors: [next.failed] } : {};
      return jsonAnswer(200, { processing_status: 'complete', ...failed });
    }
    return jsonAnswer(404, { message: 'Not Found' });
  }
  return scanning;
}

function read(body: string): Upload | string {
  const parsed: Record<string, string> = JSON.parse(body);
  const unknown = Object.keys(parsed).find((key) => !keys.includes(key));
  if (unknown) return `${unknown} is not a permitted key.`;
  const { commit_sha = '', ref = '', sarif = '', started_at = '', tool_name = '' } = parsed;
  if (!/^[0-9a-f]{40}$/.test(commit_sha)) return 'commit_sha must match /^[0-9a-f]+$/';
  if (!/^refs\/(?:heads|tags|pull)\//.test(ref)) return 'ref must be a full ref';
  if (new Date(started_at).toISOString() !== started_at) return 'started_at must be ISO 8601';
  const unpacked = gunzipSync(Buffer.from(sarif, 'base64'));
  return { commit_sha, ref, tool_name, started_at, sarif: JSON.parse(unpacked.toString()) };
}
