import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '../exec/environment.ts';
import { type RunProgram, runProgram } from '../exec/program.ts';
import { Failure, messageOf } from '../failure/failure.ts';
import { field, parseJson, textField } from '../http/json.ts';
import { oneLine } from '../image/said.ts';
import { deadline } from '../time/deadline.ts';
import { type AccessToken, type AzureIdentity, renewedTokens } from './azure-identity.ts';
import { programInPath } from './azure-program.ts';
import type { IdentityContext } from './context.ts';

/** Azure's Python needs some seconds to start on a small machine. */
const cliLimit = 60_000;

/**
 * Finds out whether this job has logged in with the Azure CLI, as azure/login does. A login that is
 * older than the job is another job's, and does not count (docs/decisions/0082).
 */
export async function loginOfThisJob({ env }: Pick<IdentityContext, 'env'>): Promise<CliLogin> {
  const folder =
    env['AZURE_CONFIG_DIR'] || join(env['HOME'] || env['USERPROFILE'] || '/', '.azure');
  const [login, job] = await Promise.all([
    changedAt(join(folder, 'azureProfile.json')),
    changedAt(env['GITHUB_EVENT_PATH']),
  ]);
  if (login === undefined) return 'none';
  return job !== undefined && login >= job ? 'of this job' : 'older';
}

/** What there is of a login of the Azure CLI. */
export type CliLogin = 'of this job' | 'older' | 'none';

/**
 * This job as whoever it has logged in with the Azure CLI. `az` is started without a shell, from PATH
 * outside of the workspace.
 * @throws with the first token: Failure `identity/azure-cli`
 */
export function cliIdentity(
  o: { tenantId?: string | undefined; run?: RunProgram },
  context: IdentityContext,
): AzureIdentity {
  const { run = runProgram, tenantId } = o;
  const about = { who: 'the Azure CLI login of this machine', way: 'by `az`', tenantId };
  const get = (scope: string) =>
    deadline(context.clock, cliLimit, context.signal, async (signal) => {
      const [program, ...first] = await azureCli(context.env);
      const tenant = tenantId ? ['--tenant', tenantId] : [];
      const args = [...first, 'account', 'get-access-token', '--output', 'json'];
      const { code, stderr, stdout } = await run(program, [...args, '--scope', scope, ...tenant], {
        env: ofCli(context.env),
        cwd: dirname(program),
        signal,
      });
      const token = code === 0 ? tokenIn(stdout, context) : undefined;
      if (token) return token;
      throw failed(oneLine(stderr) || `az ended with ${code} and no token`);
    });
  return renewedTokens(about, context.clock, async (scope) => {
    try {
      return await get(scope);
    } catch (error) {
      context.signal?.throwIfAborted();
      throw error instanceof Failure ? error : failed(messageOf(error), error);
    }
  });
}

function tokenIn(text: string, { clock, mask }: IdentityContext): AccessToken | undefined {
  const answer = parseJson(text);
  const value = textField(answer, 'accessToken');
  if (value === undefined) return undefined;
  mask(value);
  // Seconds since the epoch; `expiresOn` is in the time zone of the machine.
  const seconds = Number(field(answer, 'expires_on')) || 0;
  return { value, expires: clock.now() + seconds * 1_000 - Date.now() };
}

async function azureCli(env: Environment): Promise<[string, ...string[]]> {
  if (process.platform !== 'win32') {
    const program = await programInPath('az', env);
    if (program) return [program];
  } else {
    // az.cmd would need a shell; all that it does is start the Python beside it.
    const program = await programInPath('az.cmd', env);
    const python = program && join(dirname(dirname(program)), 'python.exe');
    if (python) return [python, '-IBm', 'azure.cli'];
  }
  throw failed('there is no az in PATH');
}

// Nothing else of this job is its business: no token of GitHub, no secret of an input.
const needed =
  /^(?:PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|WINDIR|COMSPEC|TMP|TEMP|TMPDIR|LANG|AZURE_CONFIG_DIR|AZURE_CLOUD_NAME|(?:HTTPS?|NO|ALL)_PROXY|REQUESTS_CA_BUNDLE|SSL_CERT_(?:FILE|DIR))$/i;

function ofCli(env: Environment): Environment {
  const kept = Object.entries(env).filter(([name]) => needed.test(name));
  return { ...Object.fromEntries(kept), AZURE_CORE_COLLECT_TELEMETRY: 'no' };
}

async function changedAt(path: string | undefined): Promise<number | undefined> {
  if (!path) return undefined;
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

function failed(said: string, cause?: unknown): Failure {
  return Failure.of('identity/azure-cli', { said }, cause);
}
