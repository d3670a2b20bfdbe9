import type { RolloutState } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import type { Host } from '../ssh/host.ts';
import { quote } from '../ssh/shell.ts';
import { decoded } from './printed.ts';

/** Whether a line of input `restart` is a systemd unit. */
export function isUnit(line: string): boolean {
  return /^[\w@.:-]+\.service$/.test(line);
}

/** How a systemd unit is doing, by `systemctl show`. Source: org.freedesktop.systemd1(5) */
export interface Unit {
  name: string;
  activeState: string;
  subState: string;
  type: string;
  /** 0 when no process runs. */
  mainPid: number;
  /** Restarts by systemd since somebody started it; undefined before systemd 235. */
  restarts: number | undefined;
  result: string;
  /** Exit code of the main process the last time that it ended. */
  exitCode: string;
}

/** Restarts after which a unit counts as crashing. */
const mostRestarts = 3;
/** How long a unit has to run on, in milliseconds. */
const watched = 3_000;
const properties = 'ActiveState,SubState,Type,MainPID,NRestarts,Result,ExecMainStatus';

/** Looks at the units among the lines of `restart`; without those of which the host tells nothing. */
export async function unitStates(
  host: Host,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<Unit[]> {
  const names = lines.filter(isUnit);
  if (names.length === 0) return [];
  const script = names.map(
    (name, index) =>
      `printf 'unit ${index} %s\\n' "$( { systemctl show --property=${properties} -- ${quote(name)} || true; } 2>/dev/null | base64 | tr -d '\\n')"`,
  );
  const { stdout } = await host.run('systemctl show', script.join('\n'), signal);
  return [...stdout.matchAll(/^unit (\d+) ([A-Za-z0-9+/]*={0,2})$/gm)].flatMap(
    ([, index = '', text = '']) => readUnit(names[Number(index)] ?? '', decoded(text)),
  );
}

/** Reads the properties of a unit; nothing when they tell nothing. */
function readUnit(name: string, printed: string): Unit[] {
  const said = new Map(
    printed.split('\n').map((line): [string, string] => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  const activeState = said.get('ActiveState');
  if (!activeState) return [];
  return [
    {
      name,
      activeState,
      subState: said.get('SubState') ?? '',
      type: said.get('Type') ?? '',
      mainPid: Number(said.get('MainPID') ?? 0),
      restarts: said.has('NRestarts') ? Number(said.get('NRestarts')) : undefined,
      result: said.get('Result') ?? '',
      exitCode: said.get('ExecMainStatus') ?? '',
    },
  ];
}

/**
 * Judges units after their restart: an exit code 0 of systemctl says only that they were started.
 * @param begun the units right after the restart
 */
export function judgeUnits(units: readonly Unit[], begun: readonly Unit[]): RolloutState {
  const waiting: string[] = [];
  for (const unit of units) {
    const then = begun.find(({ name }) => name === unit.name);
    const since = (unit.restarts ?? 0) - (then?.restarts ?? 0);
    const why = whyFailed(unit, since);
    if (why !== undefined) return { state: 'failed', failure: exited(unit, why) };
    if (!isUp(unit)) waiting.push(`${unit.name}: ${unit.activeState}, ${unit.subState}`);
  }
  if (waiting.length === 0) return { state: 'settled' };
  return { state: 'progress', text: waiting.join(', ') };
}

/**
 * Proves units where no address is asked: they run on for a while, by the same process.
 * @returns how it was shown, for people
 * @throws Failure `deploy/exited`
 */
export async function unitsStayUp(
  look: () => Promise<Unit[]>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const before = await look();
  if (before.length === 0) return 'by its restart only';
  await clock.sleep(watched, signal);
  const after = await look();
  const sighting = judgeUnits(after, before);
  if (sighting.state === 'failed') throw sighting.failure;
  for (const unit of after) {
    const then = before.find(({ name }) => name === unit.name);
    // A reload may change the process. Without a count of restarts, only the process tells a crash.
    const again =
      unit.restarts === undefined
        ? unit.mainPid !== then?.mainPid
        : unit.restarts > (then?.restarts ?? 0);
    // A unit that does its work and ends has no process to compare.
    if (isUp(unit) && (!again || unit.type === 'oneshot')) continue;
    const why = `it was started again within ${formatDuration(watched)}, exit code ${unit.exitCode}`;
    throw exited(unit, why);
  }
  return `by the state of its units, which ran on for ${formatDuration(watched)}`;
}

function isUp({ activeState, type, result }: Unit): boolean {
  if (activeState === 'active' || activeState === 'reloading') return true;
  return activeState === 'inactive' && type === 'oneshot' && result === 'success';
}

function whyFailed(unit: Unit, restarts: number): string | undefined {
  const { activeState, exitCode, result } = unit;
  if (activeState === 'failed') return `it failed (${result}), exit code ${exitCode}`;
  if (activeState === 'inactive' && !isUp(unit)) return `it ended, exit code ${exitCode}`;
  if (restarts < mostRestarts) return undefined;
  return `it was restarted ${restarts} times, exit code ${exitCode}`;
}

function exited({ name }: Unit, why: string): Failure {
  return Failure.of('deploy/exited', { what: `Unit ${name}`, why });
}
