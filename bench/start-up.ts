import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn, median, type Row, timed } from './measure.ts';

const root = join(import.meta.dirname, '..');
const bar = 2;

/** From the start of an action with a bad input to its red end, against bare node. */
export async function startUp(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of readdirSync(join(root, 'actions')).sort()) {
    const bundle = join(root, 'actions', name, 'dist/index.js');
    const env = { ...process.env, INPUT_TIMEOUT: 'soon', INPUT_IMAGE: 'https://example.com/app' };
    const pairs = await inTurn(
      25,
      () => timed(process.execPath, [bundle], { env, expect: 1 }),
      () => timed(process.execPath, ['-e', '0']),
    );
    const ratio = median(pairs.map(({ a, b }) => a / b));
    const ms = median(pairs.map(({ a }) => a));
    rows.push({
      what: `${name}: bad input to red`,
      measured: `${ratio.toFixed(2)} × bare node (${ms.toFixed(0)} ms)`,
      bar: `≤ ${bar} ×`,
      held: ratio <= bar,
    });
  }
  return rows;
}
