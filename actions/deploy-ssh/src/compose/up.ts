import type { RolloutState } from '@slipway/shared/deploy/target';
import type { Clock } from '@slipway/shared/time/clock';
import { switchScript } from '../host/current-link.ts';
import type { ShellTools } from '../host/host-shell.ts';
import type { ReleaseId } from '../host/release-id.ts';
import { mustSucceed } from '../ssh/script/remote-script.ts';
import { type Look, rollingUpdateOf, type Stage } from './rolling-update.ts';
import { composeScript, mendScript, removeScript, upAllScript, upScript } from './scripts.ts';
import { type Container, judge, serviceOf } from './state.ts';

/** What bringing a release up needs. */
export interface UpTools extends ShellTools {
  path: string;
  clock: Clock;
  /** The script of a change, see `HostShell`. */
  alone(body: string): string;
  /** The containers of the project. */
  containers(signal: AbortSignal): Promise<Container[]>;
  /** How all of them are doing, as far as that is for this deployment. */
  judged(signal: AbortSignal): Promise<RolloutState>;
}

const pause = 300;
const settleTime = 1_000;

/**
 * Switches to a release on the host: one container after the other where several are replaced (see
 * `rollingUpdateOf`), everything at once where not.
 * @param hurry everything at once in any case, and without waiting long for what has to stop
 * @throws Failure with what became of a container that did not get ready; the rolling update stops there
 */
export async function bringUp(
  id: ReleaseId,
  hurry: boolean,
  tools: UpTools,
  signal: AbortSignal,
): Promise<void> {
  const { path, clock, say } = tools;
  const all = `up -d --no-build${hurry ? ' --timeout 2' : ''}`;
  const begin = [
    mendScript(path),
    switchScript(id),
    hurry ? upAllScript(path, id, all) : upScript(path, id, all),
  ];
  const printed = await compose(begin.join('\n'), tools, signal);
  const start = printed.indexOf('{"project":');
  if (start < 0) return;
  const look: Look = JSON.parse(printed.slice(start));
  const { stages, stale } = rollingUpdateOf(look) ?? { stages: [], stale: new Set() };
  for (const [index, stage] of stages.entries()) {
    if (stage.compose) say(`docker compose ${stage.compose}`);
    await compose(stageScript(path, id, stage), tools, signal);
    const last = index === stages.length - 1;
    const settle = last ? 0 : settleTime;
    await ready({ service: stage.service, stale, settle }, tools, signal);
    if (!last && stage.compose && stage.delay > 0) await clock.sleep(stage.delay, signal);
  }
  await compose(upAllScript(path, id, all), tools, signal);
}

async function compose(body: string, tools: UpTools, signal: AbortSignal): Promise<string> {
  const { host } = tools;
  const what = 'docker compose up';
  const ended = await host.run(what, tools.alone(body), signal, { onStderr: tools.quote });
  if (ended.code !== 0 && /dependency|didn't complete/.test(ended.stderr)) {
    // Compose only says that a service did not get ready; its container says why.
    const seen = await tools.judged(signal);
    if (seen.state === 'failed') throw seen.failure;
  }
  return mustSucceed(ended, what, host.address).stdout;
}

/** A service whose containers were replaced. */
interface ReplacedService {
  service: string;
  /** Ids of the containers that were there before. */
  stale: ReadonlySet<string>;
  /** How long a container without a health check has to run, in milliseconds. */
  settle: number;
}

/** Waits until the new containers of a service are ready. */
async function ready(
  { service, stale, settle }: ReplacedService,
  { containers, clock, quote }: UpTools,
  signal: AbortSignal,
): Promise<void> {
  let said = '';
  let since: number | undefined;
  let restarts = 0;
  for (;;) {
    const ours = (await containers(signal)).filter(
      (container) => serviceOf(container) === service && !stale.has(container.Id),
    );
    // Compose found nothing to change.
    if (ours.length === 0) return;
    const seen = judge(ours);
    if (seen.state === 'failed') throw seen.failure;
    // One that falls over again and again may be up at every look.
    const counted = ours.reduce((sum, { RestartCount }) => sum + RestartCount, 0);
    if (counted !== restarts) since = undefined;
    restarts = counted;
    if (seen.state === 'settled') {
      const checked = ours.every(({ State }) => State.Status === 'exited' || State.Health);
      since ??= clock.now();
      if (checked || clock.now() - since >= settle) return;
    } else {
      since = undefined;
      if (seen.text !== said) quote(seen.text);
      said = seen.text;
    }
    await clock.sleep(pause, signal);
  }
}

function stageScript(path: string, id: ReleaseId, { remove, compose: args }: Stage): string {
  return [
    ...(remove.length > 0 ? [removeScript(remove)] : []),
    ...(args ? [composeScript(path, id, args)] : []),
  ].join('\n');
}
