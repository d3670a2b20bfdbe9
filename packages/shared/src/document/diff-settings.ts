import type { DiffLine } from '../deploy/target.ts';
import { cut } from '../secrets/cut.ts';
import type { Setting } from './flatten.ts';

const mostLines = 100;
const widest = 200;

/**
 * What is different between the settings of two documents, for people. A value that may be a secret
 * on one side is shown on neither.
 * @param moved whether a setting is a reference to a secret on one of the sides, so that its value is
 *   a secret as well
 * @returns empty only when they say the same
 */
export function diffSettings(
  before: ReadonlyMap<string, Setting>,
  after: ReadonlyMap<string, Setting>,
  moved: (name: string) => boolean,
): readonly DiffLine[] {
  const names = [...new Set([...after.keys(), ...before.keys()])];
  const changed = names.filter((name) => before.get(name)?.value !== after.get(name)?.value);
  const lines = changed
    .slice(0, mostLines)
    .map((name) => lineOf(name, before.get(name), after.get(name), moved(name)));
  const more = changed.length - lines.length;
  if (more > 0) lines.push({ what: 'more changes', before: '', after: String(more) });
  return lines;
}

function lineOf(
  name: string,
  before: Setting | undefined,
  after: Setting | undefined,
  moved: boolean,
): DiffLine {
  const secret = moved || before?.hidden === true || after?.hidden === true;
  const show = (setting: Setting | undefined) =>
    setting === undefined ? '' : secret ? '***' : cut(setting.text, widest);
  const [old, now] = [show(before), show(after)];
  // What differs may be hidden, or behind the cut.
  return { what: cut(name, widest), before: old, after: old === now ? `${now} (changed)` : now };
}
