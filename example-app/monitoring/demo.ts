// What the local stack runs: the files of production with times of seconds, so that what takes an
// hour there can be seen in a minute here.

// Each duration of the production file has its place here; one that has not is an error.
const rules = {
  '1m': '4s',
  '2m': '6s',
  '5m': '10s',
  'offset 5m': 'offset 30s',
  '15m': '2m',
  '30m': '20s',
  '1h': '30s',
  '2h': '40s',
  '6h': '1m',
  '1d': '90s',
  '3d': '2m',
};
const prometheus = { '15s': '2s', '5s': '2s', 'rules/production.yml': 'rules/demo.yml' };
const alertmanager = {
  '0s': '0s',
  '10s': '1s',
  '30s': '1s',
  '1m': '2s',
  '2m': '10s',
  '5m': '2s',
  '1h': '5m',
  '12h': '1h',
};

/** Each production file of this folder, the one of the local stack, and how one makes the other. */
export const demos = [
  ['prometheus/rules/production.yml', 'prometheus/rules/demo.yml', rules],
  ['prometheus/prometheus.yml', 'prometheus/prometheus.demo.yml', prometheus],
  ['alertmanager/alertmanager.yml', 'alertmanager/alertmanager.demo.yml', alertmanager],
] as const;

const duration = /\b(?:offset )?\d+(?:ms|s|m|h|d|w|y)\b|\brules\/production[.]yml\b/g;

/**
 * Writes a file of the local stack.
 *
 * @param text the production file
 * @param name its name, for the reader of the result and of errors
 * @param words what is replaced in it
 */
export function demoOf(text: string, name: string, words: Readonly<Record<string, string>>) {
  const body = text.replace(/^(?:#.*\n)+/, ''); // which speaks of production
  return `# Written from ${name} by monitoring/generate.ts; change it there.
# Only for the local stack: with these times, production would call people for nothing.
${body.replace(duration, (long) => {
  const short = words[long];
  if (short !== undefined) return short;
  throw new Error(
    `${name}: '${long}' has no counterpart for the local stack. Add one to monitoring/demo.ts, for example '${long}': '20s'`,
  );
})}`;
}
